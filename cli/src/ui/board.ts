import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Queue } from "bullmq";
import type { Hono } from "hono";
import { startDeadline } from "../deadline";
import type { FoundQueue } from "../queues/discover";
import { findQueues } from "../queues/discover";
import { queueOn } from "../queues/session";
import { NO_QUEUES } from "../status/observe";
import type { FoundQueues } from "../status/queues";
import { readKnown } from "../status/queues";
import { BOARD_PATH } from "./guard";
import type { Link } from "./link";

/** Keys that one look for queues passes over at most. */
const SCAN_LIMIT = 2_000_000;
/** Milliseconds that a look may take, and between two. */
const SCAN_MS = 30_000;
const RESCAN_MS = 5000;

/** BullMQ's own. */
const OWN_PREFIX = "bull";

/** bull-board for every queue of a server. */
export class Board {
  readonly app: Hono;
  private readonly board: ReturnType<typeof createBullBoard>;
  private readonly shown = new Map<string, { queue: Queue; adapter: BullMQAdapter }>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private seen = NO_QUEUES;

  constructor(
    private readonly link: Link,
    private readonly readOnly: boolean,
  ) {
    const server = new HonoAdapter(serveStatic).setBasePath(BOARD_PATH);
    this.board = createBullBoard({
      queues: [],
      serverAdapter: server,
      options: {
        uiConfig: { boardTitle: "Queues", miscLinks: [{ text: "Topology", url: "/" }], hideDocsLink: true },
      },
    });
    this.app = server.registerPlugin();
  }

  /** The queues on the board, as the last look saw them. */
  found(): FoundQueues {
    return this.seen;
  }

  /** Looks for queues now and every few seconds; what is new appears, what is gone goes. */
  async watch(): Promise<void> {
    await this.look();
    if (!this.closed) this.timer = setTimeout(() => void this.watch(), RESCAN_MS);
  }

  /** Looks once. A server that is away leaves the board as it is. */
  async look(): Promise<void> {
    const deadline = startDeadline(SCAN_MS);
    try {
      const { queues, complete } = await findQueues(this.link.client, {
        signal: deadline.signal,
        limit: SCAN_LIMIT,
      });
      // Of Bull: bull-board would need that package, and BullMQ would spoil its keys.
      const wanted = new Map(
        queues.filter(isBullmq).map((queue) => [`${queue.prefix}:${queue.name}`, queue]),
      );
      for (const [key, queue] of wanted) if (!this.shown.has(key)) this.show(key, queue);
      if (complete) for (const key of this.shown.keys()) if (!wanted.has(key)) await this.hide(key);
      const shown = [...this.shown.values()].map(({ queue }) => idOf(queue));
      this.seen = { queues: await readKnown(this.link.client, shown, deadline.signal), complete };
    } catch {
      // The page says that the server is away; the next look finds what is there then.
    } finally {
      deadline.clear();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    for (const key of this.shown.keys()) await this.hide(key);
  }

  private show(key: string, found: FoundQueue): void {
    const { prefix } = found;
    const queue = queueOn(this.link.client, found);
    const adapter = new BullMQAdapter(queue, {
      readOnlyMode: this.readOnly,
      // Two queues of one name would be one on the board.
      ...(prefix !== OWN_PREFIX && { prefix: `${prefix}:` }),
    });
    this.shown.set(key, { queue, adapter });
    this.board.addQueue(adapter);
  }

  private async hide(key: string): Promise<void> {
    const entry = this.shown.get(key);
    this.shown.delete(key);
    if (!entry) return;
    this.board.removeQueue(entry.adapter);
    await entry.queue.close().catch(() => undefined);
  }
}

const idOf = ({ name, opts }: Queue) => ({ prefix: opts.prefix ?? OWN_PREFIX, name });
const isBullmq = ({ library }: FoundQueue) => library === "bullmq";

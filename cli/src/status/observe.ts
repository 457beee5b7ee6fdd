import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { parseInfo, Role } from "redis-topology/redis";
import { DeadlineError, startDeadline, until } from "../deadline";
import { messageOf } from "../errors";
import type { Endpoint } from "../outputs";
import type { Reached } from "../reach";
import { endpointOf, reach } from "../reach";
import type { Client } from "../redisClient";
import { isReply } from "../redisClient";
import type { Run } from "../run";
import type { FoundQueues } from "./queues";
import { readQueues } from "./queues";
import type { Sample, ServerFacts } from "./server";

/** What was seen of a role's server: its facts, or why there are none. */
export interface Observation {
  readonly role: Role;
  readonly address: string;
  readonly facts?: ServerFacts;
  readonly found: FoundQueues;
  readonly failure?: { readonly refused: boolean; readonly text: string };
}

/** A server that says nothing for so long counts as down. */
const ANSWER_MS = 3000;
/** The server reckons a new client's buffers within a tenth of a second (`hz`); before that they look like growth. */
const SETTLE_MS = 150;
/** Between the two samples of a look; nothing of its own is asked meanwhile. */
const GAP_MS = 400;
/** How long the look for queues goes on, so that the whole takes a second; and when all of them are wanted. */
const SCAN_MS = 250;
const LONG_SCAN_MS = 60_000;
export const NO_QUEUES: FoundQueues = { queues: [], complete: true };

/** Where a server is, without a secret. */
export function addressOf({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A role's server, looked at as often as is asked; connects again when the connection is lost. */
export class Observer {
  private reached?: Reached;
  private client?: Redis;
  private cluster?: Client;
  private last?: Sample;
  private readonly address: string;

  constructor(
    private readonly run: Run,
    private readonly role: Role,
    private readonly allQueues: boolean,
  ) {
    this.address = addressOf(endpointOf(run.outputs, role));
  }

  async observe(): Promise<Observation> {
    const { role, address } = this;
    try {
      await this.connect();
      return { role, address, ...(await this.look()) };
    } catch (error) {
      if (this.run.signal.aborted) throw this.run.signal.reason;
      await this.close();
      const text = messageOf(error);
      return { role, address, found: NO_QUEUES, failure: { refused: isReply(error), text } };
    }
  }

  async close(): Promise<void> {
    const { reached } = this;
    this.reached = this.client = this.cluster = this.last = undefined;
    await reached?.close();
  }

  private async connect(): Promise<void> {
    if (this.client?.status === "ready") return;
    await this.close();
    const { signal } = this.run;
    const limit = new AbortController();
    const stop = () => limit.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    // Opening a tunnel takes its own time.
    this.reached = await reach(this.run.outputs, this.role, limit.signal, this.run.say);
    const late = () => limit.abort(new DeadlineError(`no answer within ${ANSWER_MS / 1000} s`));
    const timer = setTimeout(late, ANSWER_MS);
    try {
      this.client = await this.reached.connect();
      this.client.on("error", () => undefined);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  /** The queues, then two samples; what grows is measured from the last look's, where there was one. */
  private async look(): Promise<{ facts: ServerFacts; found: FoundQueues }> {
    const { client, role, run } = this;
    if (!client) throw new Error("not connected");
    const { info } = await this.sample(client);
    const queues = role === Role.Queue && info.loading !== "1";
    const scan = this.allQueues ? LONG_SCAN_MS : SCAN_MS;
    const [found] = await Promise.all([
      queues
        ? within(scan + ANSWER_MS, run, async (signal) => readQueues(await this.whole(info), signal, scan))
        : NO_QUEUES,
      until(run.signal, sleep(SETTLE_MS)),
    ]);
    const rest = await within(ANSWER_MS, run, (signal) => readRest(client, signal));
    const near = await this.sample(client);
    await until(run.signal, sleep(GAP_MS));
    const now = await this.sample(client);
    const before = this.last ?? near;
    this.last = now;
    return { found, facts: { before, near, now, ...rest } };
  }

  private sample(client: Redis): Promise<Sample> {
    return within(ANSWER_MS, this.run, (signal) => takeSample(client, signal));
  }

  /** The cluster that the server belongs to, where it does. */
  private async whole(info: Sample["info"]): Promise<Client> {
    if (info.cluster_enabled !== "1" || !this.client || !this.reached) return this.client as Redis;
    this.cluster ??= await this.reached.connectCluster();
    return this.cluster;
  }
}

/** Work that may take so many milliseconds. */
async function within<T>(
  milliseconds: number,
  { signal }: Run,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(milliseconds, signal);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.clear();
  }
}

export async function takeSample(client: Redis, signal: AbortSignal): Promise<Sample> {
  const info = parseInfo(await until(signal, client.info()));
  return { at: performance.now(), info };
}

/** What INFO does not have. A service may refuse CONFIG. */
export async function readRest(
  client: Redis,
  signal: AbortSignal,
): Promise<{ time: number; fsync?: string }> {
  const [seconds = "0"] = (await until(signal, client.time())).map(String);
  const settings = await until(signal, client.config("GET", "appendfsync")).catch((error: unknown) => {
    if (isReply(error)) return [];
    throw error;
  });
  const [, fsync] = settings as string[];
  return { time: Number(seconds), ...(fsync !== undefined && { fsync }) };
}

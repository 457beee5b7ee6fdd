import type { Redis } from "ioredis";
import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { QueueId } from "./keys";
import { keyOf, queueOfKey } from "./keys";
import { nodesOf, pipelined, textOf } from "./pipeline";

/** A queue that was found. */
export interface FoundQueue extends QueueId {
  /** `bull` is Bull up to 4, whose keys BullMQ does not understand. */
  readonly library: "bullmq" | "bull";
  /** What last wrote its settings, such as `bullmq:6.7.0`. */
  readonly version?: string;
}

/** What a look at a server's keys came to. */
export interface Discovery {
  /** By prefix and name. */
  readonly queues: FoundQueue[];
  /** How many keys were passed over, of how many. */
  readonly looked: number;
  readonly keys: number;
  /** False when the limit ended the look: there may be more queues. */
  readonly complete: boolean;
}

export interface DiscoverOptions {
  readonly signal: AbortSignal;
  /** Keys to pass over at most. */
  readonly limit: number;
  /** Asked between two steps: true ends the look as the limit does. Default never. */
  readonly enough?: () => boolean;
  readonly onProgress?: (text: string) => void;
}

const PAGE = 2000;

/**
 * Finds every queue by the keys that each has: `PREFIX:NAME:meta` of BullMQ, `PREFIX:NAME:id` of Bull. A SCAN, which
 * holds nobody up; what is kept is the queues alone.
 */
export async function findQueues(client: Client, options: DiscoverOptions): Promise<Discovery> {
  const { signal, limit, enough, onProgress } = options;
  const nodes = nodesOf(client);
  const sizes = await until(signal, Promise.all(nodes.map((node) => node.dbsize())));
  const keys = sizes.reduce((sum, size) => sum + size, 0);
  const found = new Map<string, FoundQueue>();
  let looked = 0;
  for (const node of nodes) {
    let cursor = "0";
    do {
      if (looked >= limit || (looked > 0 && enough?.()))
        return { queues: sorted(found), looked, keys, complete: false };
      const [next, names] = await until(signal, node.scan(cursor, "MATCH", "*:[im][de]*", "COUNT", PAGE));
      for (const queue of await recognise(node, names, signal)) found.set(keyOf(queue, ""), queue);
      cursor = next;
      looked = Math.min(looked + PAGE, keys);
      onProgress?.(`${looked} of ${keys} keys, ${found.size} queues`);
    } while (cursor !== "0");
  }
  return { queues: sorted(found), looked: keys, keys, complete: true };
}

/** The queue of this name, if it is there. */
export async function lookUpQueue(
  client: Client,
  queue: QueueId,
  signal: AbortSignal,
): Promise<FoundQueue | undefined> {
  const names = [keyOf(queue, "meta"), keyOf(queue, "id")];
  const [found] = await recognise(client, names, signal);
  return found;
}

async function recognise(
  client: Client | Redis,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FoundQueue[]> {
  const bullmq = queuesOf(names, "meta");
  const bull = queuesOf(names, "id");
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const queue of bullmq)
      pipeline.hmget(keyOf(queue, "meta"), "version", "opts.maxLenEvents", "paused");
    for (const queue of bull) {
      for (const part of BULL_PARTS) pipeline.type(keyOf(queue, part));
    }
  });
  const found: FoundQueue[] = bullmq.flatMap((queue, at) => {
    const fields = answers[at];
    if (!Array.isArray(fields) || fields.every((field) => field === null)) return [];
    const version = textOf(fields[0]);
    return [{ ...queue, library: "bullmq" as const, ...(version !== undefined && { version }) }];
  });
  bull.forEach((queue, at) => {
    const from = bullmq.length + at * BULL_PARTS.length;
    if (isBull(answers.slice(from, from + BULL_PARTS.length))) found.push({ ...queue, library: "bull" });
  });
  return found;
}

/** What tells a Bull queue: a counter, no settings and no events, and at least one set of jobs. */
const BULL_PARTS = ["id", "meta", "events", "wait", "active", "completed", "failed", "delayed"];

function isBull([id, meta, events, wait, active, completed, failed, delayed]: readonly unknown[]): boolean {
  const lists = [wait, active].includes("list");
  const sets = [completed, failed, delayed].includes("zset");
  return id === "string" && meta === "none" && events === "none" && (lists || sets);
}

function queuesOf(names: readonly string[], part: string): QueueId[] {
  return names.flatMap((name) => queueOfKey(name, part) ?? []);
}

function sorted(found: ReadonlyMap<string, FoundQueue>): FoundQueue[] {
  return [...found.values()].sort((a, b) => a.prefix.localeCompare(b.prefix) || a.name.localeCompare(b.name));
}

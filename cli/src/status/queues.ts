import { readCounts } from "../queues/counts";
import { findQueues, lookUpQueue } from "../queues/discover";
import type { QueueId } from "../queues/keys";
import { keyOf } from "../queues/keys";
import { nodesOf, pipelined } from "../queues/pipeline";
import type { Client } from "../redisClient";
import type { QueueStatus } from "./report";

/** The queues of a server, as far as they were found in time. */
export interface FoundQueues {
  readonly queues: QueueStatus[];
  /** Whether every key was passed over. */
  readonly complete: boolean;
}

const QUEUES_AT_ONCE = 50;
const RANDOM_KEYS = 200;
/** Keys of an application may have any form, each another. */
const MOST_LIKELY = 300;
/** Events that the throughput is read from; the time that they span is its window. */
const EVENTS = 100;
const MINUTE_MS = 60_000;

/**
 * Finds the queues and reads how each stands: a fixed number of O(1) commands a queue. The look over the keys ends
 * after `budgetMs`; queues whose workers are connected, and large ones, are found without it.
 */
export async function readQueues(
  client: Client,
  signal: AbortSignal,
  budgetMs: number,
): Promise<FoundQueues> {
  const end = performance.now() + budgetMs;
  const workers = await readWorkers(client, signal);
  const scanned = await findQueues(client, {
    signal,
    limit: Number.POSITIVE_INFINITY,
    enough: () => performance.now() > end,
  });
  const ids = new Map<string, QueueId>(scanned.queues.map((queue) => [keyOf(queue, ""), queue]));
  const likely = [
    ...[...(workers?.values() ?? [])].map(({ id }) => id),
    ...(scanned.complete ? [] : await largeQueues(client, signal)),
  ].filter((id) => !ids.has(keyOf(id, "")));
  const known = await Promise.all(likely.map((id) => lookUpQueue(client, id, signal)));
  for (const id of known) if (id) ids.set(keyOf(id, ""), id);
  return { queues: await readEach(client, [...ids.values()], workers, signal), complete: scanned.complete };
}

/** How each of these queues stands. */
export async function readKnown(
  client: Client,
  ids: readonly QueueId[],
  signal: AbortSignal,
): Promise<QueueStatus[]> {
  return readEach(client, ids, await readWorkers(client, signal), signal);
}

async function readEach(
  client: Client,
  names: readonly QueueId[],
  workers: ReadonlyMap<string, Workers> | undefined,
  signal: AbortSignal,
): Promise<QueueStatus[]> {
  const queues: QueueStatus[] = [];
  for (let from = 0; from < names.length; from += QUEUES_AT_ONCE) {
    const some = names.slice(from, from + QUEUES_AT_ONCE);
    queues.push(...(await Promise.all(some.map((id) => readQueue(client, id, workers, signal)))));
  }
  return queues.sort((a, b) => keyOf(a, "").localeCompare(keyOf(b, "")));
}

/** What may be queues, by keys taken at random: those with many jobs have many keys, and so are among them. */
async function largeQueues(client: Client, signal: AbortSignal): Promise<QueueId[]> {
  const likely = new Map<string, QueueId>();
  for (const node of nodesOf(client)) {
    const keys = await pipelined(node, signal, (pipeline) => {
      for (let at = 0; at < RANDOM_KEYS; at++) pipeline.randomkey();
    });
    for (const id of keys.flatMap((key) => (typeof key === "string" ? queuesNamedIn(key) : [])))
      likely.set(keyOf(id, ""), id);
  }
  return [...likely.values()].slice(0, MOST_LIKELY);
}

/** The queues whose key this may be: a prefix may hold colons, and so may what follows the name. */
export function queuesNamedIn(key: string): QueueId[] {
  const parts = key.split(":");
  return parts.slice(1, -1).flatMap((name, at) => {
    const prefix = parts.slice(0, at + 1).join(":");
    return prefix === "" || name === "" ? [] : [{ prefix, name }];
  });
}

/** The workers of a queue that are connected. */
interface Workers {
  readonly id: QueueId;
  count: number;
}

/** Every queue that has workers, by its keys' beginning; undefined where CLIENT LIST is refused. */
async function readWorkers(client: Client, signal: AbortSignal): Promise<Map<string, Workers> | undefined> {
  const workers = new Map<string, Workers>();
  for (const node of nodesOf(client)) {
    const [list] = await pipelined(node, signal, (pipeline) => pipeline.client("LIST"));
    if (typeof list !== "string") return undefined;
    // A worker may be connected to several nodes of a cluster.
    for (const { id, count } of workersIn(list)) {
      const key = keyOf(id, "");
      workers.set(key, { id, count: Math.max(workers.get(key)?.count ?? 0, count) });
    }
  }
  return workers;
}

/** BullMQ names a worker's blocking connection `PREFIX:BASE64`, with `:w:` and the worker's own name where it has one. */
export function workersIn(list: string): Workers[] {
  const workers = new Map<string, Workers>();
  for (const [, name = ""] of list.matchAll(/ name=(\S*)/g)) {
    const [, prefix, encoded = ""] = /^(.+?):([A-Za-z0-9+/]+={0,2})(?::w:.*)?$/.exec(name) ?? [];
    if (prefix === undefined) continue;
    const id = { prefix, name: Buffer.from(encoded, "base64").toString("utf8") };
    if (Buffer.from(id.name, "utf8").toString("base64") !== encoded) continue;
    const known = workers.get(keyOf(id, ""));
    if (known) known.count += 1;
    else workers.set(keyOf(id, ""), { id, count: 1 });
  }
  return [...workers.values()];
}

async function readQueue(
  client: Client,
  id: QueueId,
  workers: ReadonlyMap<string, Workers> | undefined,
  signal: AbortSignal,
): Promise<QueueStatus> {
  const [time, events] = await pipelined(client, signal, (pipeline) =>
    pipeline.time().xrevrange(keyOf(id, "events"), "+", "-", "COUNT", EVENTS),
  );
  const now = timeOf(time);
  const { counts, paused, oldestWaitingMs } = await readCounts(client, id, signal, now);
  return {
    prefix: id.prefix,
    name: id.name,
    waiting: counts.waiting + counts.prioritized,
    active: counts.active,
    delayed: counts.delayed,
    failed: counts.failed,
    completed: counts.completed,
    waitingChildren: counts["waiting-children"],
    paused,
    ...(oldestWaitingMs !== undefined && { oldestWaitingMs }),
    ...throughput(Array.isArray(events) ? events : [], now),
    ...(workers && { workers: workers.get(keyOf(id, ""))?.count ?? 0 }),
  };
}

/** Jobs a minute, from a queue's last events: over the last minute, or over as much of it as they reach back. */
export function throughput(
  events: readonly [id: string, fields: string[]][],
  now: number,
): { completedPerMinute?: number; failedPerMinute?: number } {
  const oldest = events.at(-1);
  if (oldest === undefined) return {};
  const at = ([id]: readonly [string, string[]]) => Number(id.split("-")[0]);
  const window = events.length < EVENTS ? MINUTE_MS : Math.min(MINUTE_MS, Math.max(1, now - at(oldest)));
  const recent = events.filter((event) => now - at(event) <= window);
  const perMinute = (kind: string) => {
    const count = recent.filter(([, fields]) => fields[fields.indexOf("event") + 1] === kind).length;
    return Math.round((count * MINUTE_MS) / window);
  };
  return { completedPerMinute: perMinute("completed"), failedPerMinute: perMinute("failed") };
}

function timeOf(answer: unknown): number {
  if (!Array.isArray(answer)) return Date.now();
  const [seconds, microseconds] = answer.map(Number);
  return (seconds ?? 0) * 1000 + Math.floor((microseconds ?? 0) / 1000);
}

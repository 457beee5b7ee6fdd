import { setTimeout as sleep } from "node:timers/promises";
import type { ChainableCommander } from "ioredis";
import { Cluster } from "ioredis";
import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { QueueStatus } from "./report";

/** The queues of a server, as far as they were found in time. */
export interface FoundQueues {
  readonly queues: QueueStatus[];
  /** Whether every key was passed over. */
  readonly complete: boolean;
}

interface QueueName {
  readonly prefix: string;
  readonly name: string;
}

/** Keys that one step of the look passes over: about a millisecond of the server's time. */
const PAGE = 2000;
/** A server with more keys of this form than queues can be has other keys of this form. */
const MOST_CANDIDATES = 1000;
const QUEUES_AT_ONCE = 50;
/** Events that the throughput is read from; the time that they span is its window. */
const EVENTS = 100;
const MINUTE_MS = 60_000;

/**
 * Finds the queues and reads how each stands: a fixed number of O(1) commands a queue. The look over the keys ends
 * after `budgetMs`; queues whose workers are connected are found without it.
 */
export async function readQueues(
  client: Client,
  signal: AbortSignal,
  budgetMs: number,
): Promise<FoundQueues> {
  const workers = await readWorkers(client, signal);
  const { names, complete } = await findNames(client, [...(workers?.keys() ?? [])], signal, budgetMs);
  const queues: QueueStatus[] = [];
  for (let from = 0; from < names.length; from += QUEUES_AT_ONCE) {
    const some = names.slice(from, from + QUEUES_AT_ONCE);
    const read = await Promise.all(some.map((name) => readQueue(client, name, workers, signal)));
    queues.push(...read.filter((queue) => queue !== undefined));
  }
  return { queues: queues.sort((a, b) => keyOf(a, "").localeCompare(keyOf(b, ""))), complete };
}

async function findNames(client: Client, known: readonly string[], signal: AbortSignal, budgetMs: number) {
  const found = new Set(known);
  const end = performance.now() + budgetMs;
  let complete = true;
  for (const node of client instanceof Cluster ? client.nodes("master") : [client]) {
    let cursor = "0";
    do {
      const [next, keys] = await until(signal, node.scan(cursor, "MATCH", "*:*:meta", "COUNT", PAGE));
      for (const key of keys) found.add(key.slice(0, -":meta".length));
      cursor = next;
      if (performance.now() > end || found.size > MOST_CANDIDATES) {
        complete &&= cursor === "0";
        break;
      }
      // The server's other clients come first.
      await sleep(0);
    } while (cursor !== "0");
  }
  return { names: [...found].slice(0, MOST_CANDIDATES).flatMap((text) => nameOf(text) ?? []), complete };
}

/** Every queue that has workers, as `PREFIX:NAME`, and how many; undefined where CLIENT LIST is refused. */
async function readWorkers(client: Client, signal: AbortSignal): Promise<Map<string, number> | undefined> {
  const workers = new Map<string, number>();
  for (const node of client instanceof Cluster ? client.nodes("master") : [client]) {
    const list = await until(signal, node.client("LIST")).catch((error: Error) => error);
    if (list instanceof Error) {
      if (list.name === "ReplyError") return undefined;
      throw list;
    }
    for (const [queue, count] of workersIn(String(list)))
      workers.set(queue, Math.max(workers.get(queue) ?? 0, count));
  }
  return workers;
}

/** BullMQ names a worker's blocking connection `PREFIX:BASE64`, with `:w:` and the worker's own name where it has one. */
export function workersIn(list: string): Map<string, number> {
  const workers = new Map<string, number>();
  for (const [, name = ""] of list.matchAll(/ name=(\S*)/g)) {
    const [, prefix, encoded = ""] = /^(.+?):([A-Za-z0-9+/]+={0,2})(?::w:.*)?$/.exec(name) ?? [];
    if (prefix === undefined) continue;
    const queue = Buffer.from(encoded, "base64").toString("utf8");
    if (Buffer.from(queue, "utf8").toString("base64") !== encoded) continue;
    workers.set(`${prefix}:${queue}`, (workers.get(`${prefix}:${queue}`) ?? 0) + 1);
  }
  return workers;
}

async function readQueue(
  client: Client,
  id: QueueName,
  workers: ReadonlyMap<string, number> | undefined,
  signal: AbortSignal,
): Promise<QueueStatus | undefined> {
  const answers = await pipelined(client, signal, (pipeline) =>
    pipeline
      .hmget(keyOf(id, "meta"), "version", "opts.maxLenEvents", "paused")
      .llen(keyOf(id, "wait"))
      .llen(keyOf(id, "paused"))
      .zcard(keyOf(id, "prioritized"))
      .llen(keyOf(id, "active"))
      .zcard(keyOf(id, "delayed"))
      .zcard(keyOf(id, "failed"))
      .zcard(keyOf(id, "completed"))
      .zcard(keyOf(id, "waiting-children"))
      .xrevrange(keyOf(id, "events"), "+", "-", "COUNT", EVENTS)
      // BullMQ takes the last of a list and the first of a sorted set.
      .lindex(keyOf(id, "wait"), -1)
      .lindex(keyOf(id, "paused"), -1)
      .zrange(keyOf(id, "prioritized"), "0", "0")
      .time(),
  );
  const [meta, wait, halted, prioritized, active, delayed, failed, completed, children] = answers;
  const [events, ...rest] = answers.slice(9);
  // Other keys may end so, too; BullMQ's own have one of these.
  if (!Array.isArray(meta) || meta.every((field) => field === null)) return undefined;
  const now = timeOf(rest.pop());
  const oldest = await oldestOf(client, id, rest.flat().filter(isText), signal);
  return {
    prefix: id.prefix,
    name: id.name,
    waiting: countOf(wait) + countOf(halted) + countOf(prioritized),
    active: countOf(active),
    delayed: countOf(delayed),
    failed: countOf(failed),
    completed: countOf(completed),
    waitingChildren: countOf(children),
    paused: meta[2] !== null || countOf(halted) > 0,
    ...(oldest !== undefined && { oldestWaitingMs: Math.max(0, now - oldest) }),
    ...throughput(Array.isArray(events) ? events : [], now),
    ...(workers && { workers: workers.get(`${id.prefix}:${id.name}`) ?? 0 }),
  };
}

async function oldestOf(client: Client, id: QueueName, jobs: readonly string[], signal: AbortSignal) {
  const times = await pipelined(client, signal, (pipeline) => {
    for (const job of jobs) pipeline.hget(keyOf(id, job), "timestamp");
    return pipeline;
  });
  const known = times.map(countOf).filter((time) => time > 0);
  return known.length > 0 ? Math.min(...known) : undefined;
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

/** Sends commands in one go; an answer that is an error stands as that error. Throws when the connection breaks. */
async function pipelined(
  client: Client,
  signal: AbortSignal,
  add: (pipeline: ChainableCommander) => ChainableCommander,
): Promise<unknown[]> {
  const pipeline = add(client.pipeline());
  if (pipeline.length === 0) return [];
  const answers = (await until(signal, pipeline.exec())) ?? [];
  return answers.map(([error, answer]) => {
    if (error && error.name !== "ReplyError") throw error;
    return error ?? answer;
  });
}

function nameOf(qualified: string): QueueName | undefined {
  const at = qualified.lastIndexOf(":");
  if (at <= 0 || at === qualified.length - 1) return undefined;
  return { prefix: qualified.slice(0, at), name: qualified.slice(at + 1) };
}

function keyOf({ prefix, name }: QueueName, part: string): string {
  return `${prefix}:${name}:${part}`;
}

function timeOf(answer: unknown): number {
  if (!Array.isArray(answer)) return Date.now();
  const [seconds, microseconds] = answer.map(Number);
  return (seconds ?? 0) * 1000 + Math.floor((microseconds ?? 0) / 1000);
}

function countOf(answer: unknown): number {
  const number = Number(answer instanceof Error ? 0 : (answer ?? 0));
  return Number.isFinite(number) ? number : 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

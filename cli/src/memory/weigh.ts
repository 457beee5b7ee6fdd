import type { Redis } from "ioredis";
import { until } from "../deadline";
import { FailedError } from "../errors";
import type { State } from "../queues/keys";
import { STATE_KEYS, STATES } from "../queues/keys";
import { numberOf, pipelined, textOf } from "../queues/pipeline";
import type { Allocation } from "./rounding";
import { roundingOf } from "./rounding";
import type { Tally, Weighed } from "./tally";
import { count, partName, queueOf } from "./tally";

export interface WeighOptions {
  readonly signal: AbortSignal;
  /** The `PREFIX:NAME` of every queue. */
  readonly queues: ReadonlySet<string>;
  readonly allocation: Allocation;
  /** Biggest keys to remember. */
  readonly top: number;
  /** Keys a second at most. */
  readonly rate: number;
  /** Where to go on, of SCAN. */
  readonly cursor: string;
  /** Called after every page with the cursor of the next one; "0" = done. */
  readonly onPage: (cursor: string) => unknown;
}

const PAGE = 500;
/** Ids of active jobs that are read to tell them from waiting ones; what is beyond counts as waiting. */
const ACTIVE = "9999";
/** Encodings whose memory depends on the number of elements in a way that MEMORY USAGE gets wrong. */
const TABLES = new Set(["hashtable", "skiplist"]);
const SETS = STATES.filter((state) => STATE_KEYS[state].every(({ type }) => type === "zset"));

/**
 * Weighs every key of a node into the tally: SCAN, and MEMORY USAGE of each key with every element looked at. A key that
 * SCAN gives twice, as it may while the table of keys grows, is counted twice.
 */
export async function weighNode(node: Redis, tally: Tally, options: WeighOptions): Promise<void> {
  const { signal, rate } = options;
  let { cursor } = options;
  do {
    const from = performance.now();
    // As bytes: a cache may hold keys that are no text.
    const [next, keys] = await until(signal, node.scanBuffer(cursor, "COUNT", PAGE));
    const weighed = await weigh(node, keys, options);
    const names = weighed.map(({ key }) => key);
    const places = await placesOf(node, names, options.queues, signal);
    weighed.forEach((one, at) => {
      count(tally, one, places[at], options.top);
    });
    cursor = next.toString();
    await options.onPage(cursor);
    await pause((keys.length / rate) * 1000 - (performance.now() - from), signal);
  } while (cursor !== "0");
}

async function weigh(
  node: Redis,
  keys: readonly Buffer[],
  { signal, allocation }: WeighOptions,
): Promise<Weighed[]> {
  const answers = await pipelined(node, signal, (pipeline) => {
    for (const key of keys) {
      pipeline.type(key);
      pipeline.memory("USAGE", key, "SAMPLES", 0);
      pipeline.object("ENCODING", key);
    }
  });
  const found = keys.flatMap((key, at) => {
    const [type, bytes, encoding] = answers.slice(3 * at, 3 * at + 3);
    if (bytes instanceof Error)
      throw new FailedError(
        `The server refuses MEMORY USAGE (${bytes.message}): nothing can be weighed here.`,
      );
    // It may have expired since.
    if (bytes === null || typeof type !== "string") return [];
    return [{ raw: key, type, bytes: numberOf(bytes), encoding: textOf(encoding) ?? "" }];
  });
  const sizes = await pipelined(node, signal, (pipeline) => {
    for (const { raw, type, encoding } of found) {
      if (!TABLES.has(encoding)) continue;
      if (type === "hash") pipeline.hlen(raw);
      else if (type === "set") pipeline.scard(raw);
      else pipeline.zcard(raw);
    }
  });
  let next = 0;
  return found.map(({ raw, type, bytes, encoding }) => {
    const size = TABLES.has(encoding) ? numberOf(sizes[next++]) : 0;
    return {
      key: raw.toString(),
      type,
      bytes: bytes + roundingOf({ type, encoding, size }, allocation),
    };
  });
}

/** Where each key counts: under a state of its queue, under another part, or under none. */
export async function placesOf(
  node: Redis,
  keys: readonly string[],
  queues: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<({ queue: string; part: string } | undefined)[]> {
  const found = keys.map((key) => queueOf(key, queues));
  const jobs = new Map<string, Set<string>>();
  for (const one of found) {
    if (one?.part.kind !== "job") continue;
    if (!jobs.has(one.queue)) jobs.set(one.queue, new Set());
    jobs.get(one.queue)?.add(one.part.id);
  }
  const states = new Map<string, Map<string, State>>();
  for (const [queue, ids] of jobs) states.set(queue, await statesOf(node, queue, [...ids], signal));
  return found.map((one) => {
    if (!one) return undefined;
    const { queue, part } = one;
    if (part.kind !== "job") return { queue, part: partName(part) };
    return { queue, part: states.get(queue)?.get(part.id) ?? "waiting" };
  });
}

/** The states of jobs; one that is in no set and not active waits, since only a walk of the list could tell. */
async function statesOf(
  node: Redis,
  queue: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, State>> {
  const answers = await pipelined(node, signal, (pipeline) => {
    for (const state of SETS) pipeline.zmscore(`${queue}:${state}`, ...ids);
    pipeline.lrange(`${queue}:active`, 0, ACTIVE);
  });
  const states = new Map<string, State>();
  const active = new Set(answers.pop() as string[]);
  for (const id of ids) if (active.has(id)) states.set(id, "active");
  SETS.forEach((state, set) => {
    const scores = answers[set];
    if (!Array.isArray(scores)) return;
    ids.forEach((id, at) => {
      if (scores[at] !== null) states.set(id, state);
    });
  });
  return states;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 1)
    await until(signal, new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
}

import type { Client } from "../redisClient";
import type { QueueId, State } from "./keys";
import { clientNameOf, keyOf, STATE_KEYS, STATES } from "./keys";
import { nodesOf, numberOf, pipelined, textOf } from "./pipeline";

/** How a queue stands. */
export interface QueueCounts {
  readonly counts: Readonly<Record<State, number>>;
  readonly paused: boolean;
  /** Milliseconds since the job that is next in line was added; absent when none waits. */
  readonly oldestWaitingMs?: number;
}

const COUNTED = STATES.flatMap((state) => STATE_KEYS[state].map((key) => ({ state, ...key })));

/** Counts a queue's jobs by state. Reads alone, whatever library the queue is of. */
export async function readCounts(
  client: Client,
  queue: QueueId,
  signal: AbortSignal,
  now: number = Date.now(),
): Promise<QueueCounts> {
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const { part, type } of COUNTED) {
      if (type === "list") pipeline.llen(keyOf(queue, part));
      else pipeline.zcard(keyOf(queue, part));
    }
    pipeline.hexists(keyOf(queue, "meta"), "paused");
    pipeline.exists(keyOf(queue, "meta-paused"));
    // BullMQ takes the last of a list and the first of a sorted set.
    pipeline.lindex(keyOf(queue, "wait"), -1);
    pipeline.lindex(keyOf(queue, "paused"), -1);
    pipeline.zrange(keyOf(queue, "prioritized"), "0", "0");
  });
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
  COUNTED.forEach(({ state }, at) => {
    counts[state] += numberOf(answers[at]);
  });
  const [paused, bullPaused, ...heads] = answers.slice(COUNTED.length);
  const ids = heads.flat().flatMap((id) => textOf(id) ?? []);
  const times = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) pipeline.hget(keyOf(queue, id), "timestamp");
  });
  const oldest = Math.min(...times.map(numberOf).filter((time) => time > 0));
  return {
    counts,
    paused: paused === 1 || bullPaused === 1,
    ...(Number.isFinite(oldest) && { oldestWaitingMs: Math.max(0, now - oldest) }),
  };
}

/** How many workers of each queue are connected; undefined where the server does not tell (CLIENT LIST is refused). */
export async function countWorkers(
  client: Client,
  queues: readonly QueueId[],
  signal: AbortSignal,
): Promise<(number | undefined)[]> {
  // In a cluster, a worker may be seen on several nodes: the node that sees most of them says how many there are.
  const seen = queues.map(() => 0);
  for (const node of nodesOf(client)) {
    const [list] = await pipelined(node, signal, (pipeline) => pipeline.client("LIST"));
    if (typeof list !== "string") return queues.map(() => undefined);
    const names = clientNames(list);
    queues.forEach((queue, at) => {
      seen[at] = Math.max(seen[at] ?? 0, workersAmong(names, queue));
    });
  }
  return seen;
}

/** The names of the connections in an answer of CLIENT LIST, and how many have each. */
export function clientNames(list: string): Map<string, number> {
  const names = new Map<string, number>();
  for (const [, name = ""] of list.matchAll(/ name=(\S*)/g)) names.set(name, (names.get(name) ?? 0) + 1);
  return names;
}

/** A worker's blocking connection has the name of the queue, with `:w:` and its own name where it has one. */
function workersAmong(names: ReadonlyMap<string, number>, queue: QueueId): number {
  const own = clientNameOf(queue);
  let count = 0;
  for (const [name, times] of names) if (name === own || name.startsWith(`${own}:w:`)) count += times;
  return count;
}

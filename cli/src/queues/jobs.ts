import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { QueueId, State } from "./keys";
import { keyOf, STATE_KEYS } from "./keys";
import { numberOf, pipelined, textOf } from "./pipeline";

/** A job in a list. */
export interface JobLine {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  readonly added: number;
  readonly finished?: number;
  readonly attempts: number;
  readonly error?: string;
  /** The job's data as JSON, cut to 300 characters. */
  readonly data: string;
}

export interface JobsQuery {
  readonly states: readonly State[];
  /** Jobs added, or finished where they are, at or after this time. */
  readonly since?: number;
  /** Text in the id, name, data, error or result, in any case. */
  readonly search?: string;
  /** Jobs to give at most. */
  readonly limit: number;
  /** Jobs to look at in each state at most. */
  readonly scan: number;
  readonly signal: AbortSignal;
}

/** How far a look went in one state. */
export interface Looked {
  readonly state: State;
  readonly looked: number;
  /** Jobs that may fit; for completed and failed ones, those that ended since the time asked for. */
  readonly of: number;
}

const PAGE = 500;
const FIELDS = [
  "name",
  "data",
  "timestamp",
  "finishedOn",
  "atm",
  "attemptsMade",
  "failedReason",
  "returnvalue",
];
const SHOWN = 300;

/** Jobs of these states that fit, the newest first (delayed and prioritized ones: the next first). */
export async function listJobs(
  client: Client,
  queue: QueueId,
  query: JobsQuery,
): Promise<{ jobs: JobLine[]; looked: Looked[] }> {
  const jobs: JobLine[] = [];
  const looked: Looked[] = [];
  for (const state of query.states) {
    let seen = 0;
    let of = 0;
    for (const { part, type } of STATE_KEYS[state]) {
      const key = keyOf(queue, part);
      const size = await until(query.signal, mayFit(client, key, type, state, query.since));
      of += size;
      for (let from = 0; from < size && seen < query.scan && jobs.length < query.limit; from += PAGE) {
        const to = Math.min(from + PAGE, size, from + query.scan - seen) - 1;
        const ids = await until(query.signal, pageOf(client, state, key, type, from, to));
        seen += ids.length;
        jobs.push(...(await readLines(client, queue, state, ids, query)));
      }
    }
    looked.push({ state, looked: Math.min(seen, of), of });
  }
  return { jobs: jobs.slice(0, query.limit), looked };
}

/** How many ids of a key may fit: all, or in the order of their end those that ended since. */
function mayFit(client: Client, key: string, type: "list" | "zset", state: State, since?: number) {
  if (type === "list") return client.llen(key);
  const finished = state === "completed" || state === "failed";
  return finished && since !== undefined ? client.zcount(key, since, "+inf") : client.zcard(key);
}

function pageOf(
  client: Client,
  state: State,
  key: string,
  type: "list" | "zset",
  from: number,
  to: number,
): Promise<string[]> {
  if (type === "list") return client.lrange(key, from, to);
  return state === "delayed" || state === "prioritized"
    ? client.zrange(key, `${from}`, `${to}`)
    : client.zrevrange(key, from, to);
}

async function readLines(
  client: Client,
  queue: QueueId,
  state: State,
  ids: readonly string[],
  { since = 0, search, signal }: JobsQuery,
): Promise<JobLine[]> {
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) pipeline.hmget(keyOf(queue, id), ...FIELDS);
  });
  const wanted = search?.toLowerCase();
  return ids.flatMap((id, at) => {
    const fields = answers[at];
    if (!Array.isArray(fields)) return [];
    const [name, data, timestamp, finishedOn, atm, attemptsMade, error, result] = fields.map(textOf);
    const added = numberOf(timestamp);
    const finished = numberOf(finishedOn);
    if ((finished || added) < since) return [];
    const texts = [id, name, data, error, result];
    if (wanted !== undefined && !texts.some((text) => text?.toLowerCase().includes(wanted))) return [];
    return [
      {
        id,
        name: name ?? "",
        state,
        added,
        ...(finished > 0 && { finished }),
        attempts: numberOf(atm ?? attemptsMade),
        ...(error !== undefined && { error: error.slice(0, SHOWN) }),
        data: (data ?? "").slice(0, SHOWN),
      },
    ];
  });
}

import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { ErrorGroup } from "./errorGroups";
import { ErrorGroups } from "./errorGroups";
import type { QueueId } from "./keys";
import { keyOf } from "./keys";
import { pipelined, textOf } from "./pipeline";

/** A failed job, as far as grouping needs it. */
export interface FailedJob {
  readonly id: string;
  readonly error: string;
  /** When it failed, in milliseconds since 1970. */
  readonly at: number;
}

export interface FailedOptions {
  readonly signal: AbortSignal;
  /** Only jobs that failed at or after this time. */
  readonly since?: number;
}

const PAGE = 1000;

/**
 * The failed jobs in batches, in no order. ZSCAN, unlike ranges by rank, misses none that stays while others come and
 * go; one that comes twice was moved by the server while it looked.
 */
export async function* failedJobs(
  client: Client,
  queue: QueueId,
  { signal, since = 0 }: FailedOptions,
): AsyncGenerator<FailedJob[]> {
  let cursor = "0";
  do {
    const [next, flat] = await until(signal, client.zscan(keyOf(queue, "failed"), cursor, "COUNT", PAGE));
    const ids: string[] = [];
    const scores: number[] = [];
    for (let at = 0; at < flat.length; at += 2) {
      const score = Number(flat[at + 1]);
      if (score < since) continue;
      ids.push(flat[at] as string);
      scores.push(score);
    }
    const errors = await pipelined(client, signal, (pipeline) => {
      for (const id of ids) pipeline.hget(keyOf(queue, id), "failedReason");
    });
    yield ids.map((id, at) => ({ id, error: textOf(errors[at]) ?? "", at: scores[at] ?? 0 }));
    cursor = next;
  } while (cursor !== "0");
}

/** The failed jobs grouped by error, at flat memory. */
export async function groupFailures(
  client: Client,
  queue: QueueId,
  options: FailedOptions & { onProgress?: (jobs: number) => void },
): Promise<{ jobs: number; groups: ErrorGroup[] }> {
  const groups = new ErrorGroups();
  let jobs = 0;
  for await (const batch of failedJobs(client, queue, options)) {
    for (const { id, error, at } of batch) groups.add(id, error, at);
    jobs += batch.length;
    options.onProgress?.(jobs);
  }
  return { jobs, groups: groups.list() };
}

import type { Job, Queue } from "bullmq";
import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { QueueId } from "./keys";
import { keyOf } from "./keys";
import { numberOf, pipelined } from "./pipeline";

/** Everything about one job. */
export interface JobDetail {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Where it stands, in words. */
  readonly stands: string;
  readonly added: number;
  readonly processed?: number;
  readonly finished?: number;
  readonly attempts: number;
  readonly data: unknown;
  readonly options: unknown;
  readonly progress: unknown;
  readonly result?: unknown;
  readonly error?: string;
  readonly stack: string[];
  readonly logs: string[];
  readonly logCount: number;
  readonly parent?: string;
  readonly children?: { readonly done: number; readonly failed: number; readonly pending: number };
}

const LOGS = 100;
/** BullMQ keeps the order within a millisecond in the low 12 bits of a delayed job's score. */
const DELAYED_STEP = 0x1000;

/** Reads a job; undefined when there is none of this id. */
export async function readJob(
  client: Client,
  queue: Queue,
  id: QueueId,
  jobId: string,
  signal: AbortSignal,
): Promise<JobDetail | undefined> {
  const job = await until(signal, queue.getJob(jobId));
  if (!job) return undefined;
  const [state, { logs, count }, dependencies] = await until(
    signal,
    Promise.all([job.getState(), queue.getJobLogs(jobId, -LOGS, -1), job.getDependenciesCount()]),
  );
  const { processed = 0, unprocessed = 0, failed = 0, ignored = 0 } = dependencies;
  const hasChildren = processed + unprocessed + failed + ignored > 0;
  return {
    id: jobId,
    name: job.name,
    state,
    stands: await whereItStands(client, id, job, state, unprocessed, signal),
    added: job.timestamp,
    ...(job.processedOn !== undefined && { processed: job.processedOn }),
    ...(job.finishedOn !== undefined && { finished: job.finishedOn }),
    attempts: job.attemptsMade,
    data: job.data,
    options: job.opts,
    progress: job.progress,
    ...(job.returnvalue !== null && job.returnvalue !== undefined && { result: job.returnvalue }),
    ...(job.failedReason && { error: job.failedReason }),
    stack: (job.stacktrace ?? []).filter((trace) => trace !== null),
    logs,
    logCount: count,
    ...(job.parentKey !== undefined && { parent: job.parentKey }),
    ...(hasChildren && {
      children: { done: processed + ignored, failed, pending: unprocessed },
    }),
  };
}

async function whereItStands(
  client: Client,
  queue: QueueId,
  job: Job,
  state: string,
  pending: number,
  signal: AbortSignal,
): Promise<string> {
  const id = job.id ?? "";
  const [ahead, rank, lock, paused, due] = await pipelined(client, signal, (pipeline) => {
    // A waiting job is taken from the end.
    pipeline.lpos(keyOf(queue, "wait"), id, "RANK", -1);
    pipeline.zrank(keyOf(queue, "prioritized"), id);
    pipeline.pttl(keyOf(queue, `${id}:lock`));
    pipeline.hexists(keyOf(queue, "meta"), "paused");
    pipeline.zscore(keyOf(queue, "delayed"), id);
  });
  const inPaused = paused === 1 ? "; the queue is paused" : "";
  switch (state) {
    case "waiting": {
      const length = await until(signal, client.llen(keyOf(queue, "wait")));
      if (ahead === null) return `waits in a paused queue${inPaused}`;
      return `waits behind ${Math.max(0, length - 1 - numberOf(ahead))} others${inPaused}`;
    }
    case "prioritized":
      return `waits with priority ${job.priority} behind ${numberOf(rank)} others${inPaused}`;
    case "delayed":
      return `waits until ${new Date(Math.floor(numberOf(due) / DELAYED_STEP)).toISOString()}`;
    case "waiting-children":
      return `waits for ${pending} of its children`;
    case "active":
      return numberOf(lock) > 0
        ? `a worker has it, and renews its lock within ${Math.ceil(numberOf(lock) / 1000)} s`
        : "active without a lock: its worker is gone, or the job blocks it; the stalled check takes it back, if a worker runs";
    case "failed":
      return `failed after ${job.attemptsMade} of ${Math.max(1, job.opts.attempts ?? 1)} attempts`;
    case "completed":
      return "completed";
    default:
      return "in no state of the queue: its data is left, but nothing will run it";
  }
}

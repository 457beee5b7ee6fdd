import type { Queue } from "bullmq";
import { messageOf } from "../errors";
import type { Client } from "../redisClient";
import { groupId, normaliseError } from "./errorGroups";
import { failedJobs } from "./failures";
import type { QueueId } from "./keys";
import type { Session } from "./session";
import { goOn, within } from "./session";

/** Which failed jobs to run again. */
export interface Selection {
  /** These alone; else all that the rest leaves. */
  readonly ids?: readonly string[];
  /** Those of one group of `failures`. */
  readonly error?: string;
  readonly since?: number;
}

/** What became of the jobs of a command. */
export interface Outcome {
  done: number;
  skipped: number;
  /** Why jobs were skipped, and how many. */
  readonly reasons: Record<string, number>;
}

const AT_ONCE = 100;

export function newOutcome(): Outcome {
  return { done: 0, skipped: 0, reasons: {} };
}

/** Notes a job that was left alone. */
export function skip(outcome: Outcome, reason: string, count = 1): void {
  outcome.skipped += count;
  outcome.reasons[reason] = (outcome.reasons[reason] ?? 0) + count;
}

/** The ids that a selection comes to, in batches. */
export async function* selected(
  client: Client,
  queue: QueueId,
  { ids, error, since }: Selection,
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  if (ids) {
    yield [...ids];
    return;
  }
  // What fails again while this goes on is left as it is.
  const from = Date.now();
  for await (const batch of failedJobs(client, queue, { signal, ...(since !== undefined && { since }) })) {
    const fits = batch.filter(
      (job) => job.at <= from && (error === undefined || groupId(normaliseError(job.error)) === error),
    );
    yield fits.map(({ id }) => id);
  }
}

/** Runs jobs again, through BullMQ, each by itself: what another has taken in the meantime is skipped. */
export async function retryJobs(
  session: Session,
  queue: Queue,
  ids: readonly string[],
  outcome: Outcome,
): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    goOn(session.run);
    await within(
      session,
      Promise.all(ids.slice(from, from + AT_ONCE).map((id) => retryJob(queue, id, outcome))),
    );
  }
}

async function retryJob(queue: Queue, id: string, outcome: Outcome): Promise<void> {
  const job = await queue.getJob(id);
  if (!job) return skip(outcome, "the job is gone");
  try {
    await job.retry("failed");
    outcome.done++;
  } catch (error) {
    skip(outcome, await whyNot(queue, id, error));
  }
}

/** BullMQ tells by a number; where the job is now tells a person more. */
async function whyNot(queue: Queue, id: string, error: unknown): Promise<string> {
  const code = (error as { code?: unknown }).code;
  if (code === -1) return "the job is gone";
  if (code === -3) return `the job is not failed but ${await queue.getJobState(id)}`;
  if (typeof code === "number") return messageOf(error).replaceAll(id, "#");
  throw error;
}

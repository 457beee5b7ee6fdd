import type { Queue } from "bullmq";
import { tiesOf } from "./flows";
import type { QueueId } from "./keys";
import { keyOf } from "./keys";
import type { Outcome } from "./retry";
import { skip } from "./retry";
import type { Session } from "./session";
import { goOn, within } from "./session";

const BATCH = 100;

/** Makes delayed jobs run now, each by itself. Without ids all, but those that a scheduler made for its next run. */
export async function promoteJobs(
  session: Session,
  queue: Queue,
  id: QueueId,
  ids: readonly string[] | undefined,
  dryRun: boolean,
  outcome: Outcome,
): Promise<void> {
  if (ids) {
    if (dryRun) outcome.done += ids.length;
    else await promoteBatch(session, queue, ids, outcome);
    return;
  }
  // What stays is passed over.
  let stayed = 0;
  for (;;) {
    goOn(session.run);
    const batch = await within(
      session,
      session.client.zrange(keyOf(id, "delayed"), `${stayed}`, `${stayed + BATCH - 1}`),
    );
    if (batch.length === 0) return;
    const ties = await tiesOf(session.client, id, batch, session.run.signal);
    const free = batch.filter((_, at) => ties[at] !== "a scheduler made it for its next run");
    if (free.length < batch.length)
      skip(outcome, "a scheduler made it for its next run", batch.length - free.length);
    const before = outcome.done;
    if (dryRun) outcome.done += free.length;
    else await promoteBatch(session, queue, free, outcome);
    stayed += dryRun ? batch.length : batch.length - (outcome.done - before);
    session.run.progress.show(`${outcome.done} jobs promoted`);
  }
}

async function promoteBatch(
  session: Session,
  queue: Queue,
  ids: readonly string[],
  outcome: Outcome,
): Promise<void> {
  await within(session, Promise.all(ids.map((id) => promote(queue, id, outcome))));
}

async function promote(queue: Queue, id: string, outcome: Outcome): Promise<void> {
  const job = await queue.getJob(id);
  if (!job) return skip(outcome, "the job is gone");
  try {
    await job.promote();
    outcome.done++;
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "number") throw error;
    skip(outcome, `the job is not delayed but ${await queue.getJobState(id)}`);
  }
}

import type { Queue } from "bullmq";
import { UserError } from "../errors";
import { tiesOf } from "./flows";
import type { QueueId, State } from "./keys";
import { keyOf, STATE_KEYS } from "./keys";
import { numberOf, pipelined } from "./pipeline";
import type { Outcome } from "./retry";
import { newOutcome, skip } from "./retry";
import type { Session } from "./session";
import { goOn, within } from "./session";

/** States that can be cleaned; what is active is its worker's, and what waits for children its children's. */
export const CLEANABLE = ["completed", "failed", "waiting", "delayed", "prioritized"] as const;
export type Cleanable = (typeof CLEANABLE)[number];

export interface CleanOptions {
  readonly state: Cleanable;
  /** Jobs that ended, or were added where they have not, before this time. */
  readonly before: number;
  /** Jobs to leave, the newest. */
  readonly keep: number;
  /** Only count. */
  readonly dryRun: boolean;
}

const BATCH = 1000;

/**
 * Removes jobs of a state in batches, the oldest first, through BullMQ. Jobs that a flow or a scheduler still needs
 * stay, and are counted as skipped. One by one and not with `Queue.clean`, which cannot leave any of them out.
 */
export async function cleanJobs(
  session: Session,
  queue: Queue,
  id: QueueId,
  options: CleanOptions,
): Promise<Outcome> {
  const outcome = newOutcome();
  for (const { part, type } of STATE_KEYS[options.state]) {
    const left = await sizeOf(session, id, part, type);
    await cleanKey(session, queue, id, part, type, Math.max(0, left - options.keep), options, outcome);
  }
  return outcome;
}

async function cleanKey(
  session: Session,
  queue: Queue,
  id: QueueId,
  part: string,
  type: "list" | "zset",
  most: number,
  options: CleanOptions,
  outcome: Outcome,
): Promise<void> {
  const { run } = session;
  // What stays is passed over in the next batch.
  let stayed = 0;
  let looked = 0;
  while (looked < most) {
    goOn(run);
    const size = Math.min(BATCH, most - looked);
    const ids = await oldest(session, id, part, type, stayed, size, options);
    if (ids.length === 0) return;
    looked += ids.length;
    const removed = await removeBatch(session, queue, id, ids, options, outcome);
    stayed += ids.length - removed;
    run.progress.show(`${outcome.done} ${options.state} jobs removed`);
    if (ids.length < size && isFinished(options.state)) return;
  }
}

/** Removes what may go of these. Gives how many are no longer where they were. */
async function removeBatch(
  session: Session,
  queue: Queue,
  id: QueueId,
  ids: readonly string[],
  { state, before, dryRun }: CleanOptions,
  outcome: Outcome,
): Promise<number> {
  const ages = isFinished(state) ? undefined : await addedAt(session, id, ids);
  const ties = await tiesOf(session.client, id, ids, session.run.signal);
  const free: string[] = [];
  ids.forEach((job, at) => {
    const tie = ties[at];
    if (ages && (ages[at] ?? 0) > before) return;
    if (tie) skip(outcome, tie);
    else free.push(job);
  });
  if (dryRun) {
    outcome.done += free.length;
    return 0;
  }
  const codes = await within(
    session,
    Promise.all(free.map((job) => queue.remove(job, { removeChildren: false }))),
  );
  const gone = codes.filter((code) => code === 1).length;
  outcome.done += gone;
  if (gone < codes.length) skip(outcome, "a worker took it", codes.length - gone);
  return gone;
}

function isFinished(state: Cleanable): state is "completed" | "failed" {
  return state === "completed" || state === "failed";
}

function oldest(
  session: Session,
  id: QueueId,
  part: string,
  type: "list" | "zset",
  from: number,
  count: number,
  { state, before }: CleanOptions,
): Promise<string[]> {
  const key = keyOf(id, part);
  const { client } = session;
  if (type === "list") return within(session, client.lrange(key, -from - count, -from - 1));
  if (isFinished(state)) return within(session, client.zrangebyscore(key, 0, before, "LIMIT", from, count));
  return within(session, client.zrange(key, `${from}`, `${from + count - 1}`));
}

async function addedAt(session: Session, id: QueueId, ids: readonly string[]): Promise<number[]> {
  const times = await pipelined(session.client, session.run.signal, (pipeline) => {
    for (const job of ids) pipeline.hget(keyOf(id, job), "timestamp");
  });
  return times.map(numberOf);
}

function sizeOf(session: Session, id: QueueId, part: string, type: "list" | "zset"): Promise<number> {
  const key = keyOf(id, part);
  return within(session, type === "list" ? session.client.llen(key) : session.client.zcard(key));
}

/** What the command takes for a state, in words. Throws UserError for one that it does not. */
export function cleanableState(state: State): Cleanable {
  const found = CLEANABLE.find((one) => one === state);
  if (found) return found;
  throw new UserError(
    state === "active"
      ? "Active jobs belong to their workers: stop these, and the stalled check takes the jobs back."
      : "Jobs that wait for their children are removed with `obliterate`, or end with their children.",
  );
}

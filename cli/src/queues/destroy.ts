import type { Queue } from "bullmq";
import { FailedError } from "../errors";
import { counted } from "../textTable";
import { tiesOf } from "./flows";
import type { QueueId, State } from "./keys";
import { keyOf, STATE_KEYS } from "./keys";
import { nodesOf } from "./pipeline";
import type { Session } from "./session";
import { goOn, within } from "./session";

const BATCH = 1000;

/** How many jobs in these states are tied to others that are not over, and by what. */
export async function countTies(
  session: Session,
  id: QueueId,
  states: readonly State[],
): Promise<Record<string, number>> {
  const ties: Record<string, number> = {};
  for (const { part, type } of states.flatMap((state) => STATE_KEYS[state])) {
    const key = keyOf(id, part);
    for (let from = 0; ; from += BATCH) {
      goOn(session.run);
      const to = from + BATCH - 1;
      const { client } = session;
      const ids = await within(
        session,
        type === "list" ? client.lrange(key, from, to) : client.zrange(key, `${from}`, `${to}`),
      );
      for (const tie of await tiesOf(client, id, ids, session.run.signal)) {
        if (tie) ties[tie] = (ties[tie] ?? 0) + 1;
      }
      if (ids.length < BATCH) break;
    }
  }
  return ties;
}

/**
 * Removes a queue with all its jobs, through BullMQ. With active jobs only when forced, since their workers would go
 * on with jobs that are gone; a queue that cannot be removed is left as it was. Gives how many of its keys are left.
 */
export async function obliterateQueue(
  session: Session,
  queue: Queue,
  id: QueueId,
  force: boolean,
): Promise<number> {
  const paused = await within(session, queue.isPaused());
  // No worker takes another job then.
  await within(session, queue.pause());
  const active = await within(session, queue.getActiveCount());
  if (active > 0 && !force) {
    if (!paused) await queue.resume();
    throw activeJobs(queue.name, active);
  }
  // BullMQ's obliterate leaves those that wait for children.
  await removeWaitingParents(session, queue, id);
  await within(session, queue.obliterate({ force }));
  return keysLeft(session, id);
}

async function removeWaitingParents(session: Session, queue: Queue, id: QueueId): Promise<void> {
  const key = keyOf(id, "waiting-children");
  for (;;) {
    goOn(session.run);
    const ids = await within(session, session.client.zrange(key, "0", `${BATCH - 1}`));
    const codes = await within(
      session,
      Promise.all(ids.map((job) => queue.remove(job, { removeChildren: false }))),
    );
    if (!codes.includes(1)) return;
  }
}

async function keysLeft(session: Session, id: QueueId): Promise<number> {
  const pattern = `${keyOf(id, "").replace(/[\\*?[\]]/g, "\\$&")}*`;
  let left = 0;
  for (const node of nodesOf(session.client)) {
    let cursor = "0";
    do {
      const [next, keys] = await within(session, node.scan(cursor, "MATCH", pattern, "COUNT", 2000));
      left += keys.length;
      cursor = next;
    } while (cursor !== "0");
  }
  return left;
}

/** The error of a queue that workers are at. */
export function activeJobs(name: string, active: number): FailedError {
  return new FailedError(
    `${counted(active, "job")} of ${name} ${active === 1 ? "is" : "are"} active. Stop the workers, or add --force; nothing was removed.`,
  );
}

import { Queue } from "bullmq";
import type { Role as RoleType } from "redis-topology/redis";
import { Role } from "redis-topology/redis";
import { inCluster } from "../checks/facts";
import { until } from "../deadline";
import { FailedError, UserError } from "../errors";
import type { Reached } from "../reach";
import type { Client } from "../redisClient";
import type { Run } from "../run";
import type { FoundQueue } from "./discover";
import { findQueues, lookUpQueue } from "./discover";
import type { QueueId } from "./keys";

/** Keys that a look for queues passes over at most, unless told otherwise: about ten seconds. */
export const DEFAULT_SCAN_LIMIT = 20_000_000;

/** A role's server, connected to. */
export interface Session {
  readonly run: Run;
  readonly reached: Reached;
  readonly client: Client;
}

/** Connects to a role's server, or to the cluster that it belongs to. */
export async function openSession(run: Run, role: RoleType = Role.Queue): Promise<Session> {
  const reached = await run.reach(role);
  const single = await reached.connect();
  if (!(await inCluster(single, run.signal))) return { run, reached, client: single };
  return { run, reached, client: await reached.connectCluster() };
}

/** The queue's identity: under the prefix asked for, else under the one of the outputs, else under BullMQ's own. */
export function queueId({ reached }: Session, name: string, prefix: string | undefined): QueueId {
  if (name === "" || name.includes(":"))
    throw new UserError("The name of a queue holds no colon. Give the prefix before it with --prefix.");
  return { name, prefix: prefix ?? reached.bullmq?.prefix ?? "bull" };
}

/** The queue, which must be there. Throws UserError, which says under which prefix it is. */
export async function existingQueue(
  session: Session,
  name: string,
  prefix: string | undefined,
): Promise<FoundQueue> {
  const { client, run } = session;
  const id = queueId(session, name, prefix);
  const found = await lookUpQueue(client, id, run.signal);
  if (found) return found;
  const { queues } = await findQueues(client, { signal: run.signal, limit: DEFAULT_SCAN_LIMIT });
  const elsewhere = queues.filter((queue) => queue.name === name);
  throw new UserError(
    `There is no queue ${name} under the prefix ${id.prefix}. ${
      elsewhere.length > 0
        ? `It is there under ${elsewhere.map((queue) => queue.prefix).join(", ")}: add \`--prefix '${elsewhere[0]?.prefix}'\`.`
        : "`redis-topology queues` lists those that are there."
    }`,
  );
}

/** The queue through BullMQ. Throws UserError for one of Bull, whose keys BullMQ would spoil. */
export function writable(session: Session, queue: FoundQueue): Queue {
  if (queue.library === "bull") {
    throw new UserError(
      `${queue.name} is a queue of Bull, not of BullMQ: they keep delayed jobs, priorities and repeats differently, so that BullMQ would lose some. Change it with Bull; the commands that only read do work.`,
    );
  }
  return openQueue(session, queue);
}

/** The queue through BullMQ, on the session's connection. Opening it writes nothing. */
export function openQueue({ client, run }: Session, id: QueueId): Queue {
  const queue = queueOn(client, id);
  run.atEnd(() => queue.disconnect().catch(() => undefined));
  return queue;
}

/** A queue through BullMQ on a connection, which stays open when it is closed. The queue's own settings are its application's. */
export function queueOn(client: Client, { name, prefix }: QueueId): Queue {
  const queue = new Queue(name, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  queue.on("error", () => undefined);
  return queue;
}

/** A piece of work on a queue, cut short when the time is up. */
export function within<T>({ run }: Pick<Session, "run">, work: Promise<T>): Promise<T> {
  return until(run.signal, work);
}

/** Throws what ended the command early, between two batches. */
export function goOn({ signal }: Run): void {
  if (signal.aborted) throw signal.reason;
}

/** The error of a job that is not there. */
export function noSuchJob(queue: QueueId, id: string): FailedError {
  return new FailedError(
    `There is no job ${id} in ${queue.name}: it was removed, by hand or by removeOnComplete or removeOnFail.`,
  );
}

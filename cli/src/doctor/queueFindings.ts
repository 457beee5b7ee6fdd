import { readCounts } from "../queues/counts";
import type { FoundQueue } from "../queues/discover";
import { keyOf } from "../queues/keys";
import { numberOf, pipelined } from "../queues/pipeline";
import { readSchedulers } from "../queues/schedulers";
import type { Client } from "../redisClient";
import { counted } from "../textTable";
import type { RoleFinding } from "./finding";

const ACTIVE = 10_000;

/** What one queue shows; `workers` is how many are connected, undefined where that is unknown. */
export async function queueFindings(
  client: Client,
  queue: FoundQueue,
  workers: number | undefined,
  signal: AbortSignal,
): Promise<RoleFinding[]> {
  const { name, prefix } = queue;
  const option = prefix === "bull" ? "" : ` --prefix '${prefix}'`;
  const command = (rest: string) => `redis-topology queue ${name} ${rest}${option}`;
  if (queue.library === "bull") {
    return [
      {
        level: "note",
        id: "queue-of-bull",
        what: `${name} is a queue of Bull, not of BullMQ.`,
        why: "Bull gets no more features; its jobs cannot be taken over by BullMQ's workers.",
        command: "let Bull's workers empty it, then move the application to BullMQ",
      },
    ];
  }
  const findings: RoleFinding[] = [];
  const { counts, paused, oldestWaitingMs = 0 } = await readCounts(client, queue, signal);
  const waiting = counts.waiting + counts.prioritized;
  if (workers === 0 && waiting > 0) {
    findings.push({
      level: paused ? "note" : "warning",
      id: "no-workers",
      what: `${counted(waiting, "job")} of ${name} wait and no worker is connected${paused ? "; the queue is paused" : ""} (the next for ${Math.round(oldestWaitingMs / 1000)} s).`,
      why: "Nothing runs them.",
      command: paused ? command("resume") : "start the workers, with the environment of `redis-topology env`",
    });
  }
  findings.push(...(await lockFindings(client, queue, workers, command, signal)));
  const schedulers = await readSchedulers(client, queue, signal);
  const legacy = schedulers.filter((one) => one.legacy).length;
  if (legacy > 0) {
    findings.push({
      level: "warning",
      id: "legacy-repeatables",
      what: `${counted(legacy, "repeatable job")} of ${name} from before BullMQ's job schedulers.`,
      why: "BullMQ 6 does not run them, and they can be moved only while the application is on BullMQ 5.",
      command: `${command("schedulers")}; then upsertJobScheduler for each, on BullMQ 5 (docs.bullmq.io, "Migrate from v5 to v6")`,
    });
  }
  return findings;
}

async function lockFindings(
  client: Client,
  queue: FoundQueue,
  workers: number | undefined,
  command: (rest: string) => string,
  signal: AbortSignal,
): Promise<RoleFinding[]> {
  const [active] = await pipelined(client, signal, (pipeline) =>
    pipeline.lrange(keyOf(queue, "active"), 0, ACTIVE - 1),
  );
  const ids = Array.isArray(active) ? (active as string[]) : [];
  const locks = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) pipeline.pttl(keyOf(queue, `${id}:lock`));
  });
  // -2 = no such key, -1 = a key that never expires.
  const free = ids.filter((_, at) => locks[at] === -2);
  const forever = ids.filter((_, at) => locks[at] === -1);
  const held = ids.filter((_, at) => numberOf(locks[at]) > 0);
  const findings: RoleFinding[] = [];
  if (free.length > 0) {
    findings.push({
      level: "warning",
      id: "active-without-lock",
      what: `${counted(free.length, "active job")} of ${queue.name} without a lock, such as ${free[0]}.`,
      why: "Their worker died, or was blocked for longer than lockDuration; a running worker's stalled check runs them again, without one they stay.",
      command: command(`job ${free[0]}`),
    });
  }
  if (forever.length > 0 || (workers === 0 && held.length > 0)) {
    const [sample] = forever.length > 0 ? forever : held;
    const count = forever.length > 0 ? forever.length : held.length;
    findings.push({
      level: forever.length > 0 ? "problem" : "warning",
      id: "lock-outlives-worker",
      what: `${counted(count, "lock")} of ${queue.name} ${forever.length > 0 ? "without an end" : "though no worker is connected"}, such as of job ${sample}.`,
      why: "While the lock is there, no other worker takes the job.",
      command: command(`job ${sample}`),
    });
  }
  return findings;
}

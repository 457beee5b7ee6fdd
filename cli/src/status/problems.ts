import type { Thresholds } from "redis-topology/redis";
import { Role } from "redis-topology/redis";
import type { ProblemKind } from "./problemKinds";
import { PROBLEM_KINDS } from "./problemKinds";
import type { Problem, QueueStatus, ServerStatus } from "./report";
import { duration, percent } from "./words";

/** What the outputs promise that INFO can contradict. */
export interface Promised {
  /** Whether the guarantees need an AOF. */
  readonly aof: boolean;
  /** The prefix under which a queue is looked for unless another is named. */
  readonly prefix: string;
}

/** Of maxmemory: above this, a server that has refused writes will refuse the next. */
const STILL_FULL_PERCENT = 95;
const FRAGMENTED = 1.5;
/** Below this, the ratio says nothing: an empty server has a high one. */
const FRAGMENTED_BYTES = 100 * 1024 ** 2;
const NEARLY_ALL_CLIENTS = 0.9;
const LAG_SECONDS = 10;
const JUST_STARTED_SECONDS = 300;
const LONG_WAIT_MS = 3_600_000;
const MANY_FAILURES = 5;

type Say = (kind: ProblemKind, text: string, queue?: QueueStatus) => void;

/** What is wrong with a server that answers, and with its queues. Pure. */
export function problemsOf(
  role: Role,
  server: ServerStatus,
  queues: readonly QueueStatus[],
  thresholds: Thresholds,
  promised: Promised,
  now: number,
): Problem[] {
  const problems: Problem[] = [];
  const say: Say = (kind, text, queue) => problems.push(problem(role, kind, text, queue, promised.prefix));
  if (server.loading)
    say("loading", "It is reading its data from disk, and answers nothing else until it has.");
  memoryProblems(role, server, thresholds, say);
  clientProblems(server, thresholds, say);
  if (role === Role.Queue) persistenceProblems(server, thresholds, promised, now, say);
  replicationProblems(server, say);
  if (server.uptimeSeconds < JUST_STARTED_SECONDS)
    say("restarted", `It was started ${duration(server.uptimeSeconds)} ago.`);
  for (const queue of queues) queueProblems(queue, say);
  return problems;
}

/** A problem of a kind. `prefix`: under which a queue is found without naming it. */
export function problem(
  role: Role,
  kind: ProblemKind,
  text: string,
  queue?: QueueStatus,
  prefix?: string,
): Problem {
  const { severity, command, runbook } = PROBLEM_KINDS[kind];
  const option = queue === undefined || queue.prefix === prefix ? "" : ` --prefix ${quoted(queue.prefix)}`;
  return {
    role,
    ...(queue !== undefined && { queue: `${queue.prefix}:${queue.name}` }),
    kind,
    severity,
    text,
    command: `${command.replace("{role}", role).replace("{queue}", () => quoted(queue?.name ?? ""))}${option}`,
    runbook,
  };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.@%+=,/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Worst first, otherwise as they come. */
export function sorted(problems: readonly Problem[]): Problem[] {
  const rank = { critical: 0, warning: 1, note: 2 };
  return [...problems].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

function memoryProblems(role: Role, server: ServerStatus, thresholds: Thresholds, say: Say): void {
  const { memory, evicted, refusedWrites, uptimeSeconds } = server;
  const { usedBytes, limitBytes, fragmentation = 0, fullInSeconds } = memory;
  const used = limitBytes === 0 ? 0 : (usedBytes / limitBytes) * 100;
  const queue = role === Role.Queue;
  const full =
    fullInSeconds === undefined ? "" : `, and full in ${duration(fullInSeconds)} at the present rate`;
  const refused = refusedWrites.total > 0;
  // Right after a refusal it is a little below: what the refused command itself took is free again.
  const isFull = queue && limitBytes > 0 && used >= (refused ? STILL_FULL_PERCENT : 100);
  if (isFull || refusedWrites.now > 0) {
    say("writesRefused", `It is full (${percent(used)} of maxmemory) and refuses writes.`);
  } else {
    if (queue && limitBytes > 0 && used > (thresholds.memoryPercent ?? 80))
      say("memoryHigh", `${percent(used)} of maxmemory is used${full}. When it is full, jobs are refused.`);
    if (refused)
      say(
        "writesWereRefused",
        `It has refused ${refusedWrites.total} writes since its start, ${duration(uptimeSeconds)} ago, for want of memory.`,
      );
  }
  if (limitBytes === 0)
    say("noMemoryLimit", "It has no maxmemory: the kernel ends it when the machine's memory does.");
  if (fragmentation > FRAGMENTED && usedBytes > FRAGMENTED_BYTES)
    say("fragmentation", `It holds ${fragmentation} times the memory that its data needs.`);
  if (!queue) return;
  if (memory.policy !== undefined && memory.policy !== "noeviction")
    say("evicts", `Its policy is ${memory.policy} and not noeviction: when it is full, it deletes jobs.`);
  if (evicted.total > (thresholds.evictions ?? 0))
    say(
      "evicted",
      `It has evicted ${evicted.total} keys since its start, ${duration(uptimeSeconds)} ago: jobs are lost. \`CONFIG RESETSTAT\` forgets the count.`,
    );
}

function clientProblems(
  { clients, rejected, uptimeSeconds }: ServerStatus,
  thresholds: Thresholds,
  say: Say,
): void {
  const { connected, limit } = clients;
  if (rejected.now > 0) say("rejects", `It rejects clients: all ${limit ?? "its"} connections are taken.`);
  else if (rejected.total > 0)
    say(
      "rejected",
      `It has rejected ${rejected.total} clients since its start, ${duration(uptimeSeconds)} ago.`,
    );
  const allowed = thresholds.connections ?? 100;
  if (connected > allowed)
    say("connectionsHigh", `${connected} clients are connected, more than ${allowed}.`);
  else if (limit !== undefined && connected > limit * NEARLY_ALL_CLIENTS)
    say("connectionsHigh", `${connected} clients are connected, of ${limit} that it takes.`);
}

function persistenceProblems(
  { persistence: { aof, rdb } }: ServerStatus,
  thresholds: Thresholds,
  promised: Promised,
  now: number,
  say: Say,
): void {
  if (promised.aof && !aof)
    say("noAof", "Its AOF is off, though the stack's guarantees rest on it: a crash loses jobs.");
  if (aof && !isGood(aof.writes))
    say("aofWriteFailing", "The AOF cannot be written: writes are refused until it can.");
  if (aof && !isGood(aof.rewrites))
    say("aofRewriteFailing", "The AOF cannot be rewritten: it grows until the disk is full.");
  if (!rdb) return;
  if (!isGood(rdb.lastSave))
    say("rdbSaveFailing", "The last RDB snapshot failed: writes may be refused until one succeeds.");
  const age = now - rdb.savedAt;
  if (rdb.unsavedChanges > 0 && age > (thresholds.secondsSinceSave ?? 7200) && promised.aof)
    say(
      "noRecentSave",
      `The last RDB snapshot is ${duration(age)} old, with ${rdb.unsavedChanges} changes since: backups made of it are as old.`,
    );
}

/** What a service does not tell is not held against it. */
function isGood(status: string): boolean {
  return status === "ok" || status === "unknown";
}

function replicationProblems({ replication }: ServerStatus, say: Say): void {
  if (!replication) return;
  const { role, linkUp, lagSeconds = 0 } = replication;
  if (role === "replica") {
    const link = linkUp ? "" : ", and it has lost its primary";
    say("isReplica", `It is a replica${link}: it takes no writes. The endpoint should lead to the primary.`);
    return;
  }
  if (!linkUp) say("replicaAway", "A replica is not in step: a failover to it would lose what it lacks.");
  if (lagSeconds > LAG_SECONDS)
    say("replicaLags", `A replica is ${duration(lagSeconds)} behind: a failover now would lose that.`);
}

function queueProblems(queue: QueueStatus, say: Say): void {
  const { name, waiting, workers, paused, oldestWaitingMs = 0, completedPerMinute, failedPerMinute } = queue;
  const jobs = waiting === 1 ? "1 job waits" : `${waiting} jobs wait`;
  const wait = duration(oldestWaitingMs / 1000);
  if (paused && waiting > 0) say("paused", `${name} is paused, and ${jobs}.`, queue);
  else if (waiting > 0 && workers === 0)
    say("noWorkers", `${name}: ${jobs}, the oldest for ${wait}, and no worker is connected.`, queue);
  else if (waiting > 0 && oldestWaitingMs > LONG_WAIT_MS && completedPerMinute === 0 && failedPerMinute === 0)
    say("stands", `${name}: ${jobs}, the oldest for ${wait}, and none has ended for a minute.`, queue);
  if (
    failedPerMinute !== undefined &&
    failedPerMinute >= MANY_FAILURES &&
    failedPerMinute > (completedPerMinute ?? 0)
  )
    say(
      "failing",
      `${name}: ${failedPerMinute} jobs a minute fail, and ${completedPerMinute ?? 0} succeed.`,
      queue,
    );
}

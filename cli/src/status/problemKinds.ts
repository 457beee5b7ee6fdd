import type { Problem } from "./report";

/** What every problem of a kind has. `command` is what follows `redis-topology`, `{role}` or `{queue}` filled in. */
interface Kind {
  readonly severity: Problem["severity"];
  readonly command: string;
  /** Heading in docs/operations.md, as its anchor. */
  readonly runbook: string;
}

/** Everything that `status` tells of, by its stable name. */
export const PROBLEM_KINDS = {
  down: { severity: "critical", command: "logs {role}", runbook: "redis-does-not-answer" },
  loginRefused: { severity: "critical", command: "verify --role {role}", runbook: "redis-does-not-answer" },
  loading: {
    severity: "warning",
    command: "shell {role} INFO persistence",
    runbook: "redis-does-not-answer",
  },
  writesRefused: { severity: "critical", command: "memory", runbook: "memory-is-full" },
  writesWereRefused: { severity: "note", command: "shell {role} INFO errorstats", runbook: "memory-is-full" },
  memoryHigh: { severity: "warning", command: "memory", runbook: "memory-is-nearly-full" },
  noMemoryLimit: { severity: "warning", command: "verify --role {role}", runbook: "memory-is-nearly-full" },
  fragmentation: {
    severity: "warning",
    command: "shell {role} MEMORY DOCTOR",
    runbook: "memory-is-nearly-full",
  },
  evicts: {
    severity: "critical",
    command: "shell {role} CONFIG GET maxmemory-policy",
    runbook: "a-queue-evicts",
  },
  evicted: { severity: "critical", command: "verify --role {role}", runbook: "a-queue-evicts" },
  rejects: { severity: "critical", command: "shell {role} CLIENT LIST", runbook: "too-many-connections" },
  rejected: { severity: "note", command: "shell {role} INFO stats", runbook: "too-many-connections" },
  connectionsHigh: {
    severity: "warning",
    command: "shell {role} CLIENT LIST",
    runbook: "too-many-connections",
  },
  noAof: { severity: "critical", command: "verify --role {role}", runbook: "aof-or-rdb-cannot-be-written" },
  aofWriteFailing: { severity: "critical", command: "logs {role}", runbook: "aof-or-rdb-cannot-be-written" },
  aofRewriteFailing: { severity: "warning", command: "logs {role}", runbook: "aof-or-rdb-cannot-be-written" },
  rdbSaveFailing: { severity: "critical", command: "logs {role}", runbook: "aof-or-rdb-cannot-be-written" },
  noRecentSave: { severity: "warning", command: "logs {role}", runbook: "aof-or-rdb-cannot-be-written" },
  isReplica: { severity: "critical", command: "shell {role} INFO replication", runbook: "replication-lags" },
  replicaAway: { severity: "warning", command: "shell {role} INFO replication", runbook: "replication-lags" },
  replicaLags: { severity: "warning", command: "shell {role} INFO replication", runbook: "replication-lags" },
  restarted: { severity: "note", command: "logs {role}", runbook: "redis-restarts" },
  noWorkers: { severity: "warning", command: "queue {queue} stats", runbook: "workers-do-not-process" },
  stands: {
    severity: "warning",
    command: "queue {queue} jobs --state active",
    runbook: "workers-do-not-process",
  },
  paused: { severity: "note", command: "queue {queue} resume", runbook: "workers-do-not-process" },
  failing: { severity: "warning", command: "queue {queue} failures", runbook: "workers-do-not-process" },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof PROBLEM_KINDS;

import { Role } from "../redis/roles";
import { shownNumber } from "../redis/shown";
import type { AlertThresholds, Thresholds } from "../redis/thresholds";
import type { Problem } from "./problems";

/**
 * What an alert watches, in words that every monitoring system has its own name for. A backend maps those it
 * can see (PromQL, CloudWatch) and leaves out the rest.
 */
export type AlertMetric =
  | "down"
  | "memoryPercent"
  | "connections"
  | "rejectedConnections"
  | "evictedKeys"
  | "refusedWrites"
  | "aofWriteFailing"
  | "aofRewriteFailing"
  | "rdbSaveFailing"
  | "secondsSinceSave"
  | "restarts"
  | "volumePercent"
  | "engineCpuPercent"
  | "replicationLagSeconds"
  | "swapBytes";

/** One alert: fires when `metric` is above `above` for `forSeconds`. */
export interface Alert {
  /** CamelCase, stable: dashboards and silences refer to it. */
  readonly name: string;
  readonly role: Role;
  readonly metric: AlertMetric;
  /** Fires strictly above this; 0 for "at all". Counters (evictions, refusals, restarts) are counted over `forSeconds`. */
  readonly above: number;
  readonly forSeconds: number;
  readonly severity: "critical" | "warning";
  /** One line, without numbers that change. */
  readonly summary: string;
  /** What it means for the applications and what to look at first. */
  readonly description: string;
  /** Heading in docs/operations.md, as its anchor. */
  readonly runbook: string;
}

/** Thresholds that could never be passed, or always are. */
export function thresholdProblems(thresholds: Thresholds = {}): Problem[] {
  const percents = ["memoryPercent", "volumePercent"];
  return Object.entries(thresholds).flatMap(([name, value]: [string, number | undefined]) => {
    const isPercent = percents.includes(name);
    const fits = value === undefined || (value >= 0 && (!isPercent || value <= 100));
    if (fits) return [];
    return [
      {
        key: `alerts.${name}`,
        was: shownNumber(value),
        allowed: isPercent ? "0 to 100" : "0 or more",
        fix: "Correct the number, or remove the setting for the default.",
      },
    ];
  });
}

const FIVE_MINUTES = 300;

/** The alerts of one role, in the order they are documented. */
export function alertsFor(role: Role, thresholds: AlertThresholds = {}): Alert[] {
  const alerts: readonly Omit<Alert, "role">[] = [
    {
      name: "RedisDown",
      metric: "down",
      above: 0,
      forSeconds: FIVE_MINUTES,
      severity: "critical",
      summary: "Redis does not answer",
      description: "Applications get connection errors; workers wait. Look at the server's log and its host.",
      runbook: "redis-does-not-answer",
    },
    {
      name: "RedisMemoryHigh",
      metric: "memoryPercent",
      above: thresholds.memoryPercent ?? 80,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "Redis uses most of its maxmemory",
      description:
        "A queue refuses writes when it is full; a cache evicts. Clean completed jobs or raise maxMemory.",
      runbook: "memory-is-nearly-full",
    },
    {
      name: "RedisConnectionsHigh",
      metric: "connections",
      above: thresholds.connections ?? 100,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "Redis has unusually many clients",
      description: "Often an application that opens a connection per request or job. Look at CLIENT LIST.",
      runbook: "too-many-connections",
    },
    {
      name: "RedisConnectionsRejected",
      metric: "rejectedConnections",
      above: 0,
      forSeconds: FIVE_MINUTES,
      severity: "critical",
      summary: "Redis rejects clients",
      description: "maxclients is reached; applications cannot connect.",
      runbook: "too-many-connections",
    },
    {
      name: "RedisRestarts",
      metric: "restarts",
      above: 0,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "Redis was restarted",
      description: "A cache is empty now; a queue has loaded its AOF. Look for the reason in the log.",
      runbook: "redis-restarts",
    },
    {
      name: "RedisEngineCpuHigh",
      metric: "engineCpuPercent",
      above: 90,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "The Redis thread is busy nearly all the time",
      description: "Commands wait for each other. Look at SLOWLOG for the expensive ones.",
      runbook: "redis-is-slow",
    },
    {
      name: "RedisSwap",
      metric: "swapBytes",
      above: 50 * 1024 * 1024,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "Redis is being swapped out",
      description: "The host has too little memory for this maxMemory; latency suffers first.",
      runbook: "memory-is-nearly-full",
    },
  ];
  return [...alerts, ...(role === Role.Queue ? queueAlerts(thresholds) : [])].map((alert) => ({
    ...alert,
    role,
  }));
}

function queueAlerts(thresholds: AlertThresholds): Omit<Alert, "role">[] {
  return [
    {
      name: "RedisQueueEvictions",
      metric: "evictedKeys",
      above: 0,
      forSeconds: 60,
      severity: "critical",
      summary: "A queue evicts keys",
      description: "Jobs are being lost: the eviction policy is not noeviction. Deploy the stack again.",
      runbook: "a-queue-evicts",
    },
    {
      name: "RedisWritesRefused",
      metric: "refusedWrites",
      above: 0,
      forSeconds: 60,
      severity: "critical",
      summary: "A queue refuses writes",
      description:
        "It is full (OOM errors), so jobs cannot be added. Clean completed jobs or raise maxMemory.",
      runbook: "memory-is-full",
    },
    {
      name: "RedisAofWriteFailing",
      metric: "aofWriteFailing",
      above: 0,
      forSeconds: 60,
      severity: "critical",
      summary: "The AOF cannot be written",
      description: "Redis refuses writes until it can. The disk is full, read-only or broken.",
      runbook: "aof-or-rdb-cannot-be-written",
    },
    {
      name: "RedisAofRewriteFailing",
      metric: "aofRewriteFailing",
      above: 0,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "The AOF cannot be rewritten",
      description:
        "It grows until the disk is full. Rewriting needs memory to fork and disk for a second file.",
      runbook: "aof-or-rdb-cannot-be-written",
    },
    {
      name: "RedisRdbSaveFailing",
      metric: "rdbSaveFailing",
      above: 0,
      forSeconds: FIVE_MINUTES,
      severity: "critical",
      summary: "RDB snapshots fail",
      description:
        "Redis refuses writes after a failed snapshot. It needs memory to fork and disk for the file.",
      runbook: "aof-or-rdb-cannot-be-written",
    },
    {
      name: "RedisNoRecentSave",
      metric: "secondsSinceSave",
      above: thresholds.secondsSinceSave ?? 7200,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "No RDB snapshot for long, although there were changes",
      description: "Backups taken from the snapshot are old. Look at the log for the reason.",
      runbook: "aof-or-rdb-cannot-be-written",
    },
    {
      name: "RedisVolumeNearlyFull",
      metric: "volumePercent",
      above: thresholds.volumePercent ?? 80,
      forSeconds: FIVE_MINUTES,
      severity: "critical",
      summary: "The queue's volume is nearly full",
      description: "When it is full the AOF cannot be written and Redis refuses writes. Grow the volume.",
      runbook: "the-volume-is-nearly-full",
    },
    {
      name: "RedisReplicationLag",
      metric: "replicationLagSeconds",
      above: 10,
      forSeconds: FIVE_MINUTES,
      severity: "warning",
      summary: "A replica is behind",
      description: "A failover now would lose the difference. Look at the primary's write rate and CPU.",
      runbook: "replication-lags",
    },
  ];
}

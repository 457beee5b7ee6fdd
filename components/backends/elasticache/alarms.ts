import { type Alert, type AlertMetric, alertsFor } from "../../redis/alerts";
import type { ElasticacheTopologyArgs } from "./args";
import type { GroupPlan } from "./plan";

/** One CloudWatch alarm on one node; times in seconds. */
export interface AlarmPlan {
  /** Of the alert and the node: `RedisMemoryHigh-001`. */
  readonly suffix: string;
  readonly alert: Alert;
  readonly clusterId: string;
  readonly metricName: string;
  readonly statistic: string;
  readonly period: number;
  readonly evaluationPeriods: number;
}

/** ElastiCache's metrics come once a minute. */
const PERIOD = 60;

/**
 * The metrics CloudWatch has for what an alert watches (ElastiCache User Guide, "Metrics for Valkey and Redis
 * OSS"); it has none for refused writes, rejected clients or restarts.
 */
const METRICS: Readonly<Partial<Record<AlertMetric, readonly [name: string, statistic: string]>>> = {
  memoryPercent: ["DatabaseMemoryUsagePercentage", "Average"],
  connections: ["CurrConnections", "Maximum"],
  evictedKeys: ["Evictions", "Sum"],
  engineCpuPercent: ["EngineCPUUtilization", "Average"],
  replicationLagSeconds: ["ReplicationLag", "Maximum"],
  swapBytes: ["SwapUsage", "Maximum"],
};

/** Every alarm of a group, on each of its nodes. */
export function groupAlarms(groupId: string, group: GroupPlan, args: ElasticacheTopologyArgs): AlarmPlan[] {
  const alerts = alertsFor(group.role, {
    ...(args.alarmMemoryPercent !== undefined && { memoryPercent: args.alarmMemoryPercent }),
    ...(args.alarmConnections !== undefined && { connections: args.alarmConnections }),
  });
  return nodeIds(groupId, group).flatMap((clusterId) =>
    alerts.flatMap((alert): AlarmPlan[] => {
      const metric = METRICS[alert.metric];
      if (!metric || (alert.metric === "replicationLagSeconds" && group.nodes < 2)) return [];
      const [metricName, statistic] = metric;
      const evaluationPeriods = Math.ceil(alert.forSeconds / PERIOD);
      const suffix = `${alert.name}-${clusterId.slice(-3)}`;
      return [{ suffix, alert, clusterId, metricName, statistic, period: PERIOD, evaluationPeriods }];
    }),
  );
}

/** ElastiCache names the nodes itself: `<group>-001`, and in cluster mode `<group>-<shard>-001`. */
function nodeIds(groupId: string, { nodes, durability }: GroupPlan): string[] {
  const shard = durability === undefined ? "" : "0001-";
  return Array.from(
    { length: nodes },
    (_, node) => `${groupId}-${shard}${String(node + 1).padStart(3, "0")}`,
  );
}

import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import type { ReplicationGroup } from "@pulumi/aws/elasticache/replicationGroup";
import type { Alert, AlertMetric } from "../../planning/alerts";
import { alertsFor } from "../../planning/alerts";
import type { AlertThresholds } from "../../redis/thresholds";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";
import type { GroupPlan } from "./plan";

/** How CloudWatch sees what an alert watches. */
interface Metric {
  readonly metricName: string;
  readonly statistic: string;
  readonly comparisonOperator: string;
  /** What a minute without data counts as: a node that is gone sends none. */
  readonly treatMissingData: "breaching" | "notBreaching";
}

/** One CloudWatch alarm on one node; times in seconds. */
export interface AlarmPlan extends Metric {
  /** Of the alert and the node: `RedisMemoryHigh-1`. */
  readonly suffix: string;
  readonly alert: Alert;
  /** Which of the group's nodes, from 0. */
  readonly node: number;
  readonly period: number;
  readonly evaluationPeriods: number;
}

/** ElastiCache's metrics come once a minute. */
const PERIOD = 60;

const above = (metricName: string, statistic: string): Metric => ({
  metricName,
  statistic,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
});

/**
 * The metrics CloudWatch has for what an alert watches (ElastiCache User Guide, "Metrics for Valkey and Redis
 * OSS"); it has none for refused writes, rejected clients or restarts. `CurrConnections` is never 0 on a node that
 * lives, since ElastiCache itself keeps two to four, and is read from INFO, so that a dead engine sends none.
 */
const METRICS: Readonly<Partial<Record<AlertMetric, Metric>>> = {
  down: {
    ...above("CurrConnections", "Maximum"),
    comparisonOperator: "LessThanOrEqualToThreshold",
    treatMissingData: "breaching",
  },
  memoryPercent: above("DatabaseMemoryUsagePercentage", "Average"),
  connections: above("CurrConnections", "Maximum"),
  evictedKeys: above("Evictions", "Sum"),
  engineCpuPercent: above("EngineCPUUtilization", "Average"),
  replicationLagSeconds: above("ReplicationLag", "Maximum"),
  swapBytes: above("SwapUsage", "Maximum"),
};

/** What the alarms' own settings say. */
export function alarmThresholds(args: ElasticacheTopologyArgs): AlertThresholds {
  const { alarmMemoryPercent: memoryPercent, alarmConnections: connections } = args;
  return {
    ...(memoryPercent !== undefined && { memoryPercent }),
    ...(connections !== undefined && { connections }),
  };
}

/** Every alarm of a group, on each of its nodes. */
export function groupAlarms(group: GroupPlan, args: ElasticacheTopologyArgs): AlarmPlan[] {
  const alerts = alertsFor(group.role, { ...args.alerts, ...alarmThresholds(args) });
  return Array.from({ length: group.nodes }, (_, node) => node).flatMap((node) =>
    alerts.flatMap((alert): AlarmPlan[] => {
      const metric = METRICS[alert.metric];
      if (!metric || (alert.metric === "replicationLagSeconds" && group.nodes < 2)) return [];
      const evaluationPeriods = Math.ceil(alert.forSeconds / PERIOD);
      return [
        { ...metric, suffix: `${alert.name}-${node + 1}`, alert, node, period: PERIOD, evaluationPeriods },
      ];
    }),
  );
}

/**
 * The node that an alarm watches. ElastiCache numbers the nodes and gives no number twice, so that after a failover
 * and a removal any number may be left: the group says which. A node too few is a name without data, which is down.
 */
export function memberOf(members: readonly string[] | undefined, groupId: string, node: number): string {
  return [...(members ?? [])].sort()[node] ?? `${groupId}-missing-${node + 1}`;
}

/** Creates a group's alarms. Each node has one of each; none without topics that hear them. */
export function createAlarms(
  { component, name, groupId, tags }: Context,
  args: ElasticacheTopologyArgs,
  plan: GroupPlan,
  group: ReplicationGroup,
): void {
  const topics = args.alarmTopics ?? [];
  if (topics.length === 0) return;
  for (const { suffix, alert, node, ...metric } of groupAlarms(plan, args)) {
    const member = group.memberClusters.apply((members) => memberOf(members, groupId, node));
    new MetricAlarm(
      `${name}-${plan.role}-${suffix}`,
      {
        name: `${groupId}-${suffix}`,
        alarmDescription: `${alert.summary}. ${alert.description} Runbook: docs/operations.md#${alert.runbook}`,
        namespace: "AWS/ElastiCache",
        ...metric,
        dimensions: { CacheClusterId: member },
        threshold: alert.above,
        alarmActions: topics,
        okActions: topics,
        tags,
      },
      { parent: component },
    );
  }
}

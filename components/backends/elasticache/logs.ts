import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import type * as pulumi from "@pulumi/pulumi";
import type { Role } from "../../redis/roles";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";

const LOG_TYPES = ["slow-log", "engine-log"] as const;
const DEFAULT_DAYS = 30;

/**
 * A log group per kind of log, and what the replication group needs to know to write there. Under
 * `/aws/vendedlogs/`, so that no log's permission counts against the account's resource policies (CloudWatch
 * Logs User Guide, "Enabling logging from AWS services").
 */
export function deliverLogs(
  { component, name, groupId, tags }: Context,
  args: ElasticacheTopologyArgs,
  role: Role,
): { destination: pulumi.Output<string>; destinationType: string; logFormat: string; logType: string }[] {
  const days = args.logRetentionDays ?? DEFAULT_DAYS;
  if (days === 0) return [];
  return LOG_TYPES.map((logType) => {
    const logs = new LogGroup(
      `${name}-${role}-${logType}`,
      { name: logGroupName(groupId, logType), retentionInDays: days, tags },
      { parent: component },
    );
    return { destination: logs.name, destinationType: "cloudwatch-logs", logFormat: "json", logType };
  });
}

/** Where the group's engine log is kept. */
export function engineLog(groupId: string): string {
  return logGroupName(groupId, "engine-log");
}

function logGroupName(groupId: string, logType: (typeof LOG_TYPES)[number]): string {
  return `/aws/vendedlogs/elasticache/${groupId}/${logType}`;
}

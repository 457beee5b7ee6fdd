import { z } from "zod";
import type { Backend } from "../backend";
import { Durability } from "./enums";

const text = (description: string) => z.string().min(1).optional().describe(description);
const list = (description: string) => z.array(z.string().min(1)).optional().describe(description);
const flag = (description: string) => z.boolean().optional().describe(description);
const whole = (description: string) => z.int().optional().describe(description);

const group = (role: string, nodes: number, days: number) =>
  z
    .strictObject({
      nodeType: text("Such as cache.r7g.large. Default: the smallest that holds maxMemory."),
      nodes: whole(`Primary and replicas, 1 to 6. Default ${nodes}.`),
      multiAz: flag("Whether the nodes are spread over zones. Default true from two nodes on."),
      reservedMemoryPercent: whole(
        "Percent of a node's memory kept from the data, 0 to 90. Default 25 or 50.",
      ),
      snapshotDays: whole(`Daily snapshots kept, 0 to 35 days. Default ${days}.`),
      snapshotWindow: text("Daily, UTC, hh:mm-hh:mm. Default 02:00-03:00."),
      finalSnapshot: flag("Whether deleting the group leaves a snapshot. Default true for a queue."),
      restoreFrom: text("Snapshot to fill a new group from; read at creation only."),
      durability: z
        .enum(Durability)
        .optional()
        .describe("Queue only: sync, async or disabled. Valkey 9, cluster mode."),
    })
    .optional()
    .describe(`The ${role}'s replication group.`);

export const elasticacheBackend: Backend = {
  summary: "AWS ElastiCache replication groups (Valkey or Redis)",
  settings: z.strictObject({
    vpcId: text("The VPC. Required."),
    subnetIds: list("Subnets of the VPC, in two zones for Multi-AZ. Required."),
    allowedSecurityGroups: list("Security groups of the clients. These or allowedCidrs are required."),
    allowedCidrs: list("Networks of the clients, such as 10.0.0.0/16."),
    allowAnyAddress: flag("Says again that a /0 in allowedCidrs is meant. Default false."),
    cacheGroup: group("cache", 1, 0),
    queueGroup: group("queue", 2, 7),
    kmsKeyId: text("KMS key (ARN) for data at rest. Default: AWS's own."),
    maintenanceWindow: text("Weekly, UTC, ddd:hh:mm-ddd:hh:mm. Default sun:04:00-sun:05:00."),
    applyImmediately: flag("Whether changes happen during `pulumi up`. Default true."),
    minorUpgrades: flag("Whether AWS raises the minor version by itself. Default false."),
    logRetentionDays: whole("Days that logs are kept in CloudWatch; 0 = no logs. Default 30."),
    alarmTopics: list("SNS topics (ARNs) that hear the alarms. Default none, and then no alarms."),
    eventTopic: text(
      "SNS topic (ARN) that hears of failovers and the like. Default the first of alarmTopics.",
    ),
    alarmMemoryPercent: whole("Memory alarm, in percent. Default 80."),
    alarmConnections: whole("Connections alarm. Default 100."),
    bastion: text(
      "Id of an instance in the VPC that Session Manager reaches: the CLI's way in. Default none.",
    ),
    tags: z.record(z.string(), z.string()).optional().describe("Tags on everything."),
  }),
  problems: async (args) => (await import("./plan")).planElasticache(args).problems,
  load: async () => (await import("./component")).ElasticacheTopology,
};

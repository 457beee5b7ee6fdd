import { z } from "zod";
import type { Backend } from "../backend";
import { flag, map, text, texts, whole } from "../fields";
import type { ElasticacheTopologyArgs } from "./args";
import { Durability } from "./enums";

const group = z
  .strictObject({
    nodeType: text,
    nodes: whole,
    multiAz: flag,
    reservedMemoryPercent: whole,
    snapshotDays: whole,
    snapshotWindow: text,
    finalSnapshot: flag,
    restoreFrom: text,
    durability: z.enum(Durability).optional(),
  })
  .optional();

export const elasticacheBackend = {
  summary: "AWS ElastiCache replication groups (Valkey or Redis)",
  settings: z.strictObject({
    // Both are required; the plan refuses a stack file without them, so that what else is wrong is told with it.
    vpcId: text,
    subnetIds: texts,
    allowedSecurityGroups: texts,
    allowedCidrs: texts,
    allowAnyAddress: flag,
    cacheGroup: group,
    queueGroup: group,
    kmsKeyId: text,
    maintenanceWindow: text,
    applyImmediately: flag,
    minorUpgrades: flag,
    logRetentionDays: whole,
    alarmTopics: texts,
    eventTopic: text,
    alarmMemoryPercent: whole,
    alarmConnections: whole,
    bastion: text,
    tags: map,
  }),
  problems: async (args) => (await import("./plan")).planElasticache(args).problems,
  load: async () => (await import("./component")).ElasticacheTopology,
} satisfies Backend<ElasticacheTopologyArgs>;

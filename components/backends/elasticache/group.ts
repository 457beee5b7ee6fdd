import { ReplicationGroup } from "@pulumi/aws/elasticache/replicationGroup";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { Role } from "../../redis/roles";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";
import { deliverLogs } from "./logs";
import { DEFAULT_MAINTENANCE_WINDOW, type GroupPlan } from "./plan";
import { ReplacementGuard } from "./replacementGuard";

/** Hours that scaling a group with a lot of data may take; the provider's own 40 minutes are too few for some. */
const TIMEOUTS = { create: "60m", update: "120m", delete: "60m" };

/** What a group is put into. */
export interface Surroundings {
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** Secret. */
  readonly authToken: pulumi.Output<string>;
  /** Eight hexadecimal digits that differ in every life of the group. */
  readonly suffix: pulumi.Input<string>;
}

/** The replication group of one role, whose queue is guarded against replacement. */
export function createGroup(
  context: Context,
  args: ElasticacheTopologyArgs,
  plan: GroupPlan,
  around: Surroundings,
): ReplicationGroup {
  const { component, name, groupId, tags } = context;
  const guard = plan.role === Role.Queue ? guardGroup(context, args, plan) : undefined;
  return new ReplicationGroup(
    `${name}-${plan.role}-group`,
    {
      replicationGroupId: groupId,
      description: `Redis topology: ${plan.role}`,
      engine: plan.engine.engine,
      engineVersion: plan.engine.version,
      nodeType: plan.nodeType,
      port: plan.port,
      parameterGroupName: around.parameterGroupName,
      ...nodesOf(plan),
      automaticFailoverEnabled: plan.nodes > 1,
      multiAzEnabled: plan.multiAz,
      subnetGroupName: around.subnetGroupName,
      securityGroupIds: [around.securityGroupId],
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      ...(args.kmsKeyId !== undefined && { kmsKeyId: args.kmsKeyId }),
      authToken: around.authToken,
      authTokenUpdateStrategy: args[plan.role]?.previousPassword === undefined ? "SET" : "ROTATE",
      snapshotRetentionLimit: plan.snapshotDays,
      ...(plan.snapshotDays > 0 && { snapshotWindow: plan.snapshotWindow }),
      ...(plan.finalSnapshot && { finalSnapshotIdentifier: pulumi.interpolate`${groupId}-${around.suffix}` }),
      ...(plan.restoreFrom !== undefined && { snapshotName: plan.restoreFrom }),
      maintenanceWindow: args.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
      applyImmediately: args.applyImmediately ?? true,
      autoMinorVersionUpgrade: args.minorUpgrades ?? false,
      logDeliveryConfigurations: deliverLogs(context, args, plan.role),
      tags,
    },
    {
      parent: component,
      protect: plan.role === Role.Queue && (args.protect ?? true),
      ...(guard && { dependsOn: [guard] }),
      // Read at creation only: a later change would replace the group.
      ignoreChanges: ["snapshotName", ...(args.minorUpgrades ? ["engineVersion"] : [])],
      customTimeouts: TIMEOUTS,
    },
  );
}

/** A suffix for names that AWS keeps after the group is gone: final snapshots, secrets in recovery. */
export function createSuffix({ component, name, groupId }: Context, role: Role): RandomId {
  return new RandomId(
    `${name}-${role}-suffix`,
    { byteLength: 4, keepers: { group: groupId } },
    { parent: component },
  );
}

function nodesOf({ nodes, durability }: GroupPlan) {
  if (durability === undefined) return { numCacheClusters: nodes };
  return { clusterMode: "enabled", numNodeGroups: 1, replicasPerNodeGroup: nodes - 1, durability };
}

function guardGroup(
  { component, name, groupId }: Context,
  args: ElasticacheTopologyArgs,
  { role, port, engine, durability }: GroupPlan,
): ReplacementGuard {
  return new ReplacementGuard(
    `${name}-${role}-guard`,
    {
      groupId,
      port,
      vpcId: args.vpcId ?? "",
      kmsKeyId: args.kmsKeyId ?? "",
      engine: engine.engine,
      version: engine.version,
      durable: durability !== undefined,
      enforced: args.protect ?? true,
    },
    { parent: component },
  );
}

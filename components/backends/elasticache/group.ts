import { ReplicationGroup } from "@pulumi/aws/elasticache/replicationGroup";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import type { Role } from "../../redis/roles";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";
import { deliverLogs } from "./logs";
import type { GroupPlan } from "./plan";
import { DEFAULT_MAINTENANCE_WINDOW } from "./plan";
import { ReplacementGuard } from "./replacementGuard";
import { fingerprint } from "./token";

/** Scaling a group with a lot of data takes longer than the provider's own 40 minutes. */
const TIMEOUTS = { create: "60m", update: "120m", delete: "60m" };

/** What a group is put into. */
export interface Surroundings {
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** Secret. */
  readonly authToken: pulumi.Output<string>;
}

/** The replication group of one role, and its guard against changes that it cannot follow. */
export function createGroup(
  context: Context,
  args: ElasticacheTopologyArgs,
  plan: GroupPlan,
  around: Surroundings,
): ReplicationGroup {
  const { component, name, groupId, tags, protect } = context;
  const fixed = fixedSettings(context, args, plan);
  const group = new ReplicationGroup(
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
      ...(plan.finalSnapshot && { finalSnapshotIdentifier: finalSnapshot(context, plan.role, fixed) }),
      ...(plan.restoreFrom !== undefined && { snapshotName: plan.restoreFrom }),
      maintenanceWindow: args.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
      applyImmediately: args.applyImmediately ?? true,
      autoMinorVersionUpgrade: args.minorUpgrades ?? false,
      ...eventsOf(args),
      logDeliveryConfigurations: deliverLogs(context, args, plan.role),
      tags,
    },
    {
      parent: component,
      // Its name in AWS is fixed, so that a second one cannot exist beside it.
      deleteBeforeReplace: true,
      protect,
      // Read at creation only: a later change would replace the group.
      ignoreChanges: ["snapshotName", ...(args.minorUpgrades ? ["engineVersion"] : [])],
      customTimeouts: TIMEOUTS,
    },
  );
  const tokens = tokensOf(args, plan.role, around.authToken);
  guardGroup(context, args, plan.role, group, { ...fixed, ...tokens, enforced: protect });
  return group;
}

/** Where AWS tells of failovers, replaced nodes and failed snapshots; ElastiCache takes one topic. */
function eventsOf({ eventTopic, alarmTopics = [] }: ElasticacheTopologyArgs) {
  const topic = eventTopic ?? alarmTopics[0];
  return topic === undefined ? {} : { notificationTopicArn: topic };
}

function nodesOf({ nodes, durability }: GroupPlan) {
  if (durability === undefined) return { numCacheClusters: nodes };
  return { clusterMode: "enabled", numNodeGroups: 1, replicasPerNodeGroup: nodes - 1, durability };
}

function fixedSettings({ groupId }: Context, args: ElasticacheTopologyArgs, plan: GroupPlan) {
  return {
    groupId,
    port: plan.port,
    vpcId: args.vpcId,
    kmsKeyId: args.kmsKeyId ?? "",
    engine: plan.engine.engine,
    version: plan.engine.version,
    clustered: plan.durability !== undefined,
  };
}

type Fixed = ReturnType<typeof fixedSettings>;

/** Secret, as what they are made of. */
function tokensOf(args: ElasticacheTopologyArgs, role: Role, authToken: pulumi.Output<string>) {
  const { password, previousPassword } = args[role] ?? {};
  return {
    token: authToken.apply(fingerprint),
    previousToken: previousPassword === undefined ? "" : pulumi.secret(previousPassword).apply(fingerprint),
    tokenMade: password === undefined,
  };
}

function guardGroup(
  { component, name, section }: Context,
  args: ElasticacheTopologyArgs,
  role: Role,
  group: ReplicationGroup,
  settings: Fixed & ReturnType<typeof tokensOf> & { enforced: boolean },
): void {
  const actualVersion = group.engineVersionActual;
  const told = section === undefined ? {} : { section };
  const inputs = { role, ...settings, minorUpgrades: args.minorUpgrades ?? false, ...told };
  const options = { parent: component };
  new ReplacementGuard(`${name}-${role}-guard`, { ...inputs, groupArn: group.arn, actualVersion }, options);
}

/** A name that no earlier group of the same name has used: snapshots outlive their group. */
function finalSnapshot(
  { component, name, groupId }: Context,
  role: Role,
  fixed: Fixed,
): pulumi.Output<string> {
  const keepers = pulumi
    .output(fixed)
    .apply((settings) =>
      Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    );
  const options = { parent: component };
  const { hex } = new RandomId(`${name}-${role}-final-snapshot`, { byteLength: 4, keepers }, options);
  return pulumi.interpolate`${groupId}-${hex}`;
}

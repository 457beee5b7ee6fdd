import type { TopologyArgs } from "../../contract";
import { CACHE_GUARANTEES, kept } from "../../redis/guarantees";
import type { BackendTraits, RolePlan, TopologyPlan } from "../../redis/plan";
import { planTopology } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { shapeOf, shownNumber } from "../../redis/problems";
import { ROLES, Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { tagProblems } from "../aws/tags";
import type { Given } from "../backend";
import { withoutRole } from "../rules";
import type { ElasticacheTopologyArgs, GroupArgs } from "./args";
import { durabilityProblems } from "./durability";
import type { EngineVersion, Warning } from "./engines";
import { engineVersion, versionWarnings } from "./engines";
import type { QueueGroup } from "./guarantees";
import { queueGuarantees } from "./guarantees";
import { networkProblems } from "./network";
import { chooseNode, nodeWarnings } from "./nodes";
import type { Parameter } from "./parameters";
import { extraParameters, groupParameters } from "./parameters";
import { rotationProblems, tokenProblems } from "./token";
import { topicProblems } from "./topics";
import { windowProblems } from "./windows";

export const DEFAULT_MAINTENANCE_WINDOW = "sun:04:00-sun:05:00";
export const DEFAULT_SNAPSHOT_WINDOW = "02:00-03:00";
const DEFAULT_SNAPSHOT_DAYS = 7;
/** ElastiCache API, CreateReplicationGroup: a primary and at most five replicas; at most 35 days of snapshots. */
const MOST_NODES = 6;
const MOST_SNAPSHOT_DAYS = 35;
/** `maxclients` of the larger nodes (ElastiCache User Guide, "Valkey and Redis OSS parameters"). */
const MOST_CLIENTS = 65_000;
/** CloudWatch Logs API, PutRetentionPolicy; 0 is ours, for no logs. */
export const LOG_DAYS: readonly number[] = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const traits: BackendTraits = {
  name: "elasticache",
  defaultPorts: { cache: 6379, queue: 6379 },
  sharesAddress: false,
  refuses: {
    memoryLimit: say`the node type sets it (${key("cacheGroup.nodeType")}, ${key("queueGroup.nodeType")})`,
    "persistence.size": "the data lies in memory, and snapshots in AWS's own storage",
    "persistence.storageClass": "the data lies in memory, and snapshots in AWS's own storage",
  },
};

/** Everything decided about one replication group. */
export interface GroupPlan extends QueueGroup {
  readonly role: Role;
  readonly port: number;
  readonly engine: EngineVersion;
  readonly nodeType: string;
  readonly parameters: readonly Parameter[];
  readonly snapshotWindow: string;
  readonly restoreFrom?: string;
  /** What AWS alone can judge, since it may be newer than this program. */
  readonly warnings: readonly Warning[];
}

/** The common plan with the groups. */
export interface ElasticachePlan extends TopologyPlan {
  readonly groups: readonly GroupPlan[];
}

/** Everything decided about the topology, and everything wrong with it as far as its values are known. Pure. */
export function planElasticache(args: Given<ElasticacheTopologyArgs>): ElasticachePlan {
  const problems: Problem[] = [];
  const queue = lifeOf(Role.Queue, args.queueGroup);
  const plan = planTopology(traits, args, {
    cache: { ...CACHE_GUARANTEES, ...cacheGuarantees(args.cacheGroup) },
    queue: queueGuarantees(queue),
  });
  const groups = ROLES.flatMap((role) => plan[role] ?? []).flatMap(
    (role) => planGroup(role, args, problems) ?? [],
  );
  problems.push(
    ...networkProblems(
      args,
      groups.some(({ multiAz }) => multiAz),
    ),
    ...windowProblems(
      args.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
      Object.fromEntries(
        groups
          .filter(({ snapshotDays }) => snapshotDays > 0)
          .map((group) => [`${group.role}Group.snapshotWindow`, group.snapshotWindow]),
      ),
    ),
    ...unusedGroups(args),
    ...tagProblems(args.tags),
    ...bastionProblems(args.bastion),
    ...topicProblems(args),
    ...between("alarmMemoryPercent", args.alarmMemoryPercent, 1, 100),
    ...between("alarmConnections", args.alarmConnections, 1, MOST_CLIENTS),
    ...range("logRetentionDays", args.logRetentionDays, LOG_DAYS),
  );
  return { ...plan, groups, problems: [...plan.problems, ...problems] };
}

function planGroup(
  plan: RolePlan,
  args: Given<ElasticacheTopologyArgs>,
  problems: Problem[],
): GroupPlan | undefined {
  const { role } = plan;
  const given = groupOf(args, role) ?? {};
  const life = lifeOf(role, given);
  const durable = life.durability !== undefined;
  const engine = engineVersion(role, plan.engine, plan.version, problems);
  const extra = extraParameters(role, engine.family, args[role]?.config ?? {});
  const node = chooseNode(role, plan.maxMemory, { ...given, durable }, problems);
  problems.push(
    ...extra.problems,
    ...tokenProblems(role, args[role]?.password),
    ...rotationProblems(role, args[role] ?? {}),
    ...durabilityProblems(role, life, engine, node?.nodeType, args.queue?.bullmq?.prefix),
    ...between(`${role}Group.nodes`, given.nodes, 1, MOST_NODES),
    ...between(`${role}Group.snapshotDays`, given.snapshotDays, 0, MOST_SNAPSHOT_DAYS),
    ...between(`${role}Group.reservedMemoryPercent`, given.reservedMemoryPercent, 0, 90),
  );
  if (!node) return undefined;
  return {
    role,
    port: plan.port,
    engine,
    nodeType: node.nodeType,
    parameters: groupParameters(plan, node.reservedPercent, durable, extra.parameters),
    ...life,
    warnings: [...versionWarnings(role, engine), ...nodeWarnings(role, node, engine.engine)],
    snapshotWindow: given.snapshotWindow ?? DEFAULT_SNAPSHOT_WINDOW,
    ...(given.restoreFrom !== undefined && { restoreFrom: given.restoreFrom }),
  };
}

/** A group's redundancy with the role's defaults. */
function lifeOf(role: Role, given: GroupArgs = {}): QueueGroup {
  const queue = role === Role.Queue;
  const nodes = given.nodes ?? (queue ? 2 : 1);
  return {
    nodes,
    multiAz: nodes > 1 && (given.multiAz ?? true),
    snapshotDays: given.snapshotDays ?? (queue ? DEFAULT_SNAPSHOT_DAYS : 0),
    finalSnapshot: given.finalSnapshot ?? queue,
    ...(given.durability !== undefined && { durability: given.durability }),
  };
}

/** A cache promises nothing; with a replica it only stays warm. */
function cacheGuarantees(given: GroupArgs = {}) {
  return given.finalSnapshot
    ? { destroy: kept(say`${key("cacheGroup.finalSnapshot")} leaves a final snapshot.`) }
    : {};
}

function groupOf(args: Given<ElasticacheTopologyArgs>, role: Role): GroupArgs | undefined {
  return role === Role.Cache ? args.cacheGroup : args.queueGroup;
}

function unusedGroups(args: Given<ElasticacheTopologyArgs>): Problem[] {
  return ROLES.flatMap((role) => {
    if (groupOf(args, role) === undefined || (args as TopologyArgs)[role]) return [];
    return [withoutRole(`${role}Group`, role)];
  });
}

/** Systems Manager API, StartSession: of EC2, or of a managed machine elsewhere. */
const INSTANCE_ID = /^m?i-[0-9a-f]{8,17}$/;

function bastionProblems(bastion: string | undefined): Problem[] {
  if (bastion === undefined || INSTANCE_ID.test(bastion)) return [];
  return [
    {
      key: "bastion",
      was: shapeOf(bastion),
      allowed: "the id of an instance, such as i-0a1b2c3d4e5f67890",
      fix: "Correct it, or remove the setting.",
    },
  ];
}

function between(path: string, value: number | undefined, least: number, most: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  const allowed = `a whole number from ${least} to ${most}`;
  return [{ key: path, was: shownNumber(value), allowed, fix: "Correct the number." }];
}

function range(path: string, value: number | undefined, values: readonly number[]): Problem[] {
  if (value === undefined || values.includes(value)) return [];
  return [{ key: path, was: shownNumber(value), allowed: values.join(", "), fix: "Choose one of these." }];
}

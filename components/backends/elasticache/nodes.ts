import { type Problem, shown } from "../../redis/problems";
import { Role } from "../../redis/roles";
import { formatSize } from "../../redis/size";

type Sizes = Readonly<Record<string, number>>;

const BURSTABLE: Sizes = { micro: 536870912, small: 1471026299, medium: 3317862236 };
const M: Sizes = { large: 6854542746, xlarge: 13891921715, "2xlarge": 27966669210, "4xlarge": 56116178125 };
const M_GRAVITON: Sizes = {
  ...M,
  "8xlarge": 111325552312,
  "12xlarge": 168715971994,
  "16xlarge": 225000375228,
};
const R: Sizes = { large: 14037181030, xlarge: 28261849702, "2xlarge": 56711183565, "4xlarge": 113609865216 };
const R_GRAVITON: Sizes = {
  ...R,
  "8xlarge": 225000375228,
  "12xlarge": 341206346547,
  "16xlarge": 450000750456,
};
const C7GN: Sizes = {
  large: 3317862236,
  xlarge: 6854542746,
  "2xlarge": 13891921715,
  "4xlarge": 27966669210,
  "8xlarge": 56116178125,
  "12xlarge": 84357985997,
  "16xlarge": 113609865216,
};

/**
 * `maxmemory` in bytes by node family and size, before reserved memory. ElastiCache User Guide, "Valkey and
 * Redis OSS node-type specific parameters"; the families that both engines have.
 */
const FAMILIES: Readonly<Record<string, Sizes>> = {
  t3: BURSTABLE,
  t4g: BURSTABLE,
  m5: { ...M, "12xlarge": 168715971994, "24xlarge": 337500562842 },
  m6g: M_GRAVITON,
  m7g: M_GRAVITON,
  r5: { ...R, "12xlarge": 341206346547, "24xlarge": 682485973811 },
  r6g: R_GRAVITON,
  r7g: R_GRAVITON,
  c7gn: C7GN,
};

/** Cheapest first, by memory: what is chosen when no node type is given. */
const LADDER: readonly string[] = [
  ...Object.keys(BURSTABLE).map((size) => `cache.t4g.${size}`),
  "cache.m7g.large",
  ...Object.keys(R_GRAVITON).map((size) => `cache.r7g.${size}`),
];

/** Families with durability (ElastiCache User Guide, "Durability: limitations"). */
export const DURABLE_FAMILIES: readonly string[] = ["r7g", "r6g", "m7g", "m6g", "c7gn"];

/** AWS's own default for `reserved-memory-percent`. */
const DEFAULT_RESERVED = 25;
/** What AWS recommends for micro and burstable nodes that fork for snapshots ("Managing reserved memory"). */
const BURSTABLE_RESERVED = 50;

/** A node type with what of it is for data. */
export interface Node {
  readonly nodeType: string;
  readonly reservedPercent: number;
  /** Bytes for data. */
  readonly usable: number;
}

interface Wanted {
  readonly nodeType?: string;
  readonly reservedMemoryPercent?: number;
  readonly durable: boolean;
}

/** The node that holds a role's data: the given type, else the smallest; a given one that is too small is refused. */
export function chooseNode(
  role: Role,
  maxMemory: number,
  wanted: Wanted,
  problems: Problem[],
): Node | undefined {
  const key = `${role}Group.nodeType`;
  if (wanted.nodeType === undefined) {
    const nodes = LADDER.filter((type) => !wanted.durable || DURABLE_FAMILIES.includes(familyOf(type)));
    const fitting = nodes.map((type) => node(role, type, wanted)).find(({ usable }) => usable >= maxMemory);
    if (fitting) return fitting;
    const largest = node(role, nodes.at(-1) ?? "", wanted);
    problems.push({
      key: `${role}.maxMemory`,
      was: formatSize(maxMemory),
      allowed: `at most ${arithmetic(largest)}, the largest node`,
      fix: "Lower `maxMemory`: one group is one shard.",
    });
    return undefined;
  }
  if (memoryOf(wanted.nodeType) === undefined) {
    problems.push(wanted.nodeType.includes("serverless") ? serverless(key) : unknown(key, wanted.nodeType));
    return undefined;
  }
  const given = node(role, wanted.nodeType, wanted);
  if (given.usable < maxMemory) {
    const enough = chooseNode(role, maxMemory, { ...wanted, nodeType: undefined }, []);
    problems.push({
      key,
      was: `${shown(wanted.nodeType)}, which holds ${arithmetic(given)}`,
      allowed: `a node that holds the ${role}'s maxMemory of ${formatSize(maxMemory)}`,
      fix: enough ? `Use ${enough.nodeType}, or remove the setting.` : "Lower `maxMemory`.",
    });
  }
  return given;
}

/** `m7g` of `cache.m7g.large`. */
export function familyOf(nodeType: string): string {
  return nodeType.split(".")[1] ?? "";
}

function memoryOf(nodeType: string): number | undefined {
  const [, family = "", size = ""] = /^cache\.(\w+)\.(\w+)$/.exec(nodeType) ?? [];
  return FAMILIES[family]?.[size];
}

function node(role: Role, nodeType: string, wanted: Wanted): Node {
  const burstableQueue = role === Role.Queue && FAMILIES[familyOf(nodeType)] === BURSTABLE;
  const reservedPercent =
    wanted.reservedMemoryPercent ?? (burstableQueue ? BURSTABLE_RESERVED : DEFAULT_RESERVED);
  const usable = Math.floor(((memoryOf(nodeType) ?? 0) * (100 - reservedPercent)) / 100);
  return { nodeType, reservedPercent, usable };
}

function arithmetic({ nodeType, reservedPercent, usable }: Node): string {
  const mebi = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)}Mi`;
  return `${mebi(memoryOf(nodeType) ?? 0)} - ${reservedPercent} % reserved = ${mebi(usable)}`;
}

function serverless(key: string): Problem {
  return {
    key,
    was: "serverless",
    allowed:
      "a node type: on ElastiCache Serverless BullMQ's scripts fail (cluster mode without a single slot)",
    fix: "Remove the setting to have the smallest node chosen.",
  };
}

function unknown(key: string, nodeType: string): Problem {
  return {
    key,
    was: shown(nodeType),
    allowed: `cache.<family>.<size> of the families ${Object.keys(FAMILIES).join(", ")}`,
    fix: "Choose one of these, or remove the setting to have the smallest chosen.",
  };
}

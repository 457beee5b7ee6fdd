import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { Engine, Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { formatSize } from "../../redis/size";
import type { Warning } from "./engines";
import { memoryOf, SIZES, VALKEY_ONLY } from "./nodeSizes";

/** Cheapest first, by memory: what is chosen when no node type is given. */
const LADDER: readonly string[] = [
  ...Object.keys(SIZES.t4g ?? {}).map((size) => `cache.t4g.${size}`),
  "cache.m7g.large",
  ...Object.keys(SIZES.r7g ?? {}).map((size) => `cache.r7g.${size}`),
];

/** Families with durability (ElastiCache User Guide, "Durability: limitations"). */
export const DURABLE_FAMILIES: readonly string[] = ["r7g", "r6g", "m7g", "m6g", "c7gn"];

/** What AWS calls a node type, of a family and a size that may be newer than this program. */
const NODE_TYPE = /^cache\.[a-z]+\d[a-z\d]*\.(micro|small|medium|\d*x?large)$/;

/** AWS's own default for `reserved-memory-percent`. */
const DEFAULT_RESERVED = 25;
/** What AWS recommends for micro and burstable nodes that fork for snapshots ("Managing reserved memory"). */
const BURSTABLE_RESERVED = 50;

/** A node type with what of it is for data. */
export interface Node {
  readonly nodeType: string;
  readonly reservedPercent: number;
  /** Bytes for data; undefined for a type that is not known here. */
  readonly usable?: number;
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
  const path = `${role}Group.nodeType`;
  if (wanted.nodeType === undefined) {
    const nodes = LADDER.filter((type) => !wanted.durable || DURABLE_FAMILIES.includes(familyOf(type)));
    const fitting = nodes
      .map((type) => node(role, type, wanted))
      .find(({ usable = 0 }) => usable >= maxMemory);
    if (fitting) return fitting;
    const largest = node(role, nodes.at(-1) ?? "", wanted);
    problems.push({
      key: `${role}.maxMemory`,
      was: formatSize(maxMemory),
      allowed: `at most ${arithmetic(largest)}, the largest node`,
      fix: "Lower it: one group is one shard.",
    });
    return undefined;
  }
  if (!NODE_TYPE.test(wanted.nodeType)) {
    problems.push(
      wanted.nodeType.includes("serverless") ? serverless(path) : malformed(path, wanted.nodeType),
    );
    return undefined;
  }
  const given = node(role, wanted.nodeType, wanted);
  if (given.usable !== undefined && given.usable < maxMemory) {
    const enough = chooseNode(role, maxMemory, { ...wanted, nodeType: undefined }, []);
    problems.push({
      key: path,
      was: `"${wanted.nodeType}", which holds ${arithmetic(given)}`,
      allowed: say`a node that holds ${key(`${role}.maxMemory`)}, ${formatSize(maxMemory)}`,
      fix: enough
        ? `Use ${enough.nodeType}, or remove the setting.`
        : say`Lower ${key(`${role}.maxMemory`)}.`,
    });
  }
  return given;
}

/** What cannot be judged of a node type that is newer than this program. */
export function nodeWarnings(role: Role, { nodeType, usable }: Node, engine: Engine): Warning[] {
  const path = `${role}Group.nodeType`;
  const family = familyOf(nodeType);
  if (usable === undefined) {
    return [
      {
        key: path,
        says: say`${nodeType} is not known to this program: AWS decides whether it has it, and whether it holds ${key(`${role}.maxMemory`)} is not checked.`,
      },
    ];
  }
  if (engine === Engine.Redis && VALKEY_ONLY.includes(family)) {
    return [
      {
        key: path,
        says: `AWS lists ${family} for valkey and not for redis; it decides whether it has ${nodeType}.`,
      },
    ];
  }
  return [];
}

/** `m7g` of `cache.m7g.large`. */
export function familyOf(nodeType: string): string {
  return nodeType.split(".")[1] ?? "";
}

function node(role: Role, nodeType: string, wanted: Wanted): Node {
  const burstableQueue = role === Role.Queue && familyOf(nodeType).startsWith("t");
  const reservedPercent =
    wanted.reservedMemoryPercent ?? (burstableQueue ? BURSTABLE_RESERVED : DEFAULT_RESERVED);
  const memory = memoryOf(nodeType);
  const usable = memory === undefined ? undefined : Math.floor((memory * (100 - reservedPercent)) / 100);
  return { nodeType, reservedPercent, ...(usable !== undefined && { usable }) };
}

function arithmetic({ nodeType, reservedPercent, usable = 0 }: Node): string {
  const mebi = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)}Mi`;
  return `${mebi(memoryOf(nodeType) ?? 0)} - ${reservedPercent} % reserved = ${mebi(usable)}`;
}

function serverless(path: string): Problem {
  return {
    key: path,
    was: "serverless",
    allowed:
      "a node type: on ElastiCache Serverless BullMQ's scripts fail (cluster mode without a single slot)",
    fix: "Remove the setting to have the smallest node chosen.",
  };
}

function malformed(path: string, nodeType: string): Problem {
  return {
    key: path,
    was: shownNear(nodeType, LADDER),
    allowed: `cache.<family>.<size>, such as cache.r7g.large; known are the families ${Object.keys(SIZES).join(", ")}`,
    fix: "Choose one of these, or remove the setting to have the smallest chosen.",
  };
}

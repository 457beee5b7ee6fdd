import { type Problem, shown } from "../../redis/problems";
import { Engine, type Role } from "../../redis/roles";
import { compareVersions } from "../../redis/software";

/** One engine version that is offered, and the family its parameter group must be of. */
export interface EngineVersion {
  readonly engine: Engine;
  readonly version: string;
  readonly family: string;
}

/** ElastiCache User Guide, "Engine versions" and "Parameter groups": family by version. */
const FAMILIES: Readonly<Record<Engine, Readonly<Record<string, string>>>> = {
  redis: { "7.0": "redis7", "7.1": "redis7" },
  valkey: { "7.2": "valkey7", "8.0": "valkey8", "8.1": "valkey8", "8.2": "valkey8", "9.0": "valkey9" },
};

const DEFAULT_VERSIONS: Readonly<Record<Engine, string>> = { redis: "7.1", valkey: "8.2" };

/** First Valkey version with durability (ElastiCache User Guide, "Durability: limitations"). */
export const DURABLE_SINCE = "9.0";

/** The engine a role asks for; Valkey by default, which costs less than Redis on ElastiCache. */
export function engineVersion(
  role: Role,
  engine: Engine = Engine.Valkey,
  version: string | undefined,
  problems: Problem[],
): EngineVersion {
  const versions = FAMILIES[engine] ?? {};
  const chosen = version ?? DEFAULT_VERSIONS[engine];
  const family = versions[chosen];
  if (family === undefined && versions[DEFAULT_VERSIONS[engine]] !== undefined) {
    problems.push({
      key: `${role}.version`,
      was: shown(version),
      allowed: `${Object.keys(versions).sort().join(", ")} for ${engine}`,
      fix: "Choose one of these; ElastiCache takes major and minor version.",
    });
  }
  return { engine, version: chosen, family: family ?? "" };
}

/** Whether going from one to the other is a downgrade, which AWS only does by replacing the group. */
export function isDowngrade(from: Pick<EngineVersion, "engine" | "version">, to: typeof from): boolean {
  if (from.engine !== to.engine) return from.engine === Engine.Valkey;
  return compareVersions(to.version, from.version) < 0;
}

/** `8` of `8.2`. */
export function majorOf(version: string): string {
  return version.split(".")[0] ?? "";
}

/** `8.2` of `8.2.1`, as a version is asked for. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

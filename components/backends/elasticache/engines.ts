import { shownVersion } from "../../redis/checks";
import type { Problem } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import { Engine } from "../../redis/roles";
import type { Sentence } from "../../redis/sentence";
import { compareVersions } from "../../redis/software";

/** What AWS alone can judge of a setting. */
export interface Warning {
  readonly key: string;
  readonly says: Sentence;
}

/** One engine version that is offered, and the family its parameter group must be of. */
export interface EngineVersion {
  readonly engine: Engine;
  readonly version: string;
  readonly family: string;
}

/** ElastiCache User Guide, "Engine versions and upgrading", as far as it is known here. */
const VERSIONS: Readonly<Record<Engine, readonly string[]>> = {
  redis: ["7.0", "7.1"],
  valkey: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"],
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
  const known = VERSIONS[engine] ?? [];
  const chosen = version ?? DEFAULT_VERSIONS[engine] ?? "";
  const wellFormed = /^[1-9]\d*\.\d+$/.test(chosen) && compareVersions(chosen, known[0] ?? "") >= 0;
  if (!wellFormed && known.length > 0) {
    problems.push({
      key: `${role}.version`,
      was: shownVersion(version),
      allowed: `${known.join(", ")} for ${engine}, or a later one`,
      fix: "Choose one of these; ElastiCache takes major and minor version.",
    });
  }
  // "Parameter groups": one family a major version, since 7.
  return { engine, version: chosen, family: `${engine}${majorOf(chosen)}` };
}

/** A version that this program has not heard of. */
export function versionWarnings(role: Role, { engine, version }: EngineVersion): Warning[] {
  const known = VERSIONS[engine] ?? [];
  if (known.includes(version)) return [];
  return [
    {
      key: `${role}.version`,
      says: `${engine} ${version} is not known to this program (known: ${known.join(", ")}): AWS decides whether it has it.`,
    },
  ];
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

import { type Problem, shown } from "../../redis/problems";
import type { Engine, Role } from "../../redis/roles";
import { isDowngrade, majorOf } from "./engines";

/** What a group was created with and cannot change in place; plain data, kept in the state. */
export interface FixedSettings {
  readonly groupId: string;
  readonly port: number;
  readonly vpcId: string;
  /** Empty for AWS's own key. */
  readonly kmsKeyId: string;
  readonly engine: Engine;
  readonly version: string;
  readonly durable: boolean;
}

/** The settings that the API takes only at creation, by the key that a user changes. */
const FIXED: Readonly<Partial<Record<keyof FixedSettings, string>>> = {
  groupId: "name of project, stack or topology",
  port: "queue.port",
  vpcId: "elasticache.vpcId",
  kmsKeyId: "elasticache.kmsKeyId",
  durable: "elasticache.queueGroup.durability",
};

const SAFE_WAY =
  "Bring up a second stack from a snapshot (`elasticache.queueGroup.restoreFrom`) and move the applications there; to replace this one and lose its jobs, set `protect: false` and deploy that first.";

/** Every change that would make AWS replace the group, and with it the jobs in its memory. */
export function replacements(before: FixedSettings, after: FixedSettings): Problem[] {
  const problems = Object.entries(FIXED).flatMap(([name, key]): Problem[] => {
    const [old, wanted] = [before[name as keyof FixedSettings], after[name as keyof FixedSettings]];
    if (old === wanted) return [];
    return [
      { key, was: shown(wanted), allowed: `${shown(old)}, with which the group was created`, fix: SAFE_WAY },
    ];
  });
  if (!isDowngrade(before, after)) return problems;
  const was = `${after.engine} ${after.version}`;
  const allowed = `${before.engine} ${before.version} or later; AWS has no way back`;
  return [...problems, { key: "queue.version", was, allowed, fix: SAFE_WAY }];
}

/**
 * A change of engine or major version while AWS chooses the minor one: the group ignores its version then, and would
 * get parameters of a family that its engine does not have.
 */
export function ignoredUpgrades(role: Role, before: FixedSettings, after: FixedSettings): Problem[] {
  const [from, to] = [majorOf(before.version), majorOf(after.version)];
  if (before.engine === after.engine && from === to) return [];
  return [
    {
      key: `${role}.version`,
      was: `${after.engine} ${after.version} with \`minorUpgrades: true\``,
      allowed: `${before.engine} ${from}, of which AWS chooses the minor version by itself`,
      fix: "Set `elasticache.minorUpgrades: false` together with the new version, deploy that, and turn it on again afterwards.",
    },
  ];
}

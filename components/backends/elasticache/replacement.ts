import type { Problem } from "../../redis/problems";
import { shown, shownAs } from "../../redis/problems";
import type { Engine } from "../../redis/roles";
import { Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { isDowngrade, majorOf } from "./engines";

/** What a group has and cannot change in place; plain data, kept in the state. */
export interface FixedSettings {
  readonly groupId: string;
  readonly port: number;
  readonly vpcId: string;
  /** Empty for AWS's own key. */
  readonly kmsKeyId: string;
  readonly engine: Engine;
  readonly version: string;
  /** Whether it is in cluster mode, which durability needs. */
  readonly clustered: boolean;
}

const KMS_KEY = /^(?:arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const VPC = /^vpc-[\da-f]{1,17}$/;

const SAFE_WAY = say`Bring up a second stack from a snapshot (${key("queueGroup.restoreFrom")}) and move the applications there; to replace this one and lose its jobs, set ${key("protect", "false")} and deploy that first.`;

/** Every change that would make AWS replace the group, and with it the jobs in its memory. */
export function replacements(before: FixedSettings, after: FixedSettings): Problem[] {
  return [
    ...fixed({ other: "name of project, stack or topology" }, before.groupId, after.groupId),
    ...fixed("queue.port", before.port, after.port),
    ...fixed("kmsKeyId", before.kmsKeyId, after.kmsKeyId, (value) => shownAs(KMS_KEY, value)),
    ...clusterModeProblems(before, after),
    ...downgradeProblems(before, after),
  ];
}

/** What the API takes only at creation. */
function fixed<T>(key: Problem["key"], old: T, wanted: T, show: (value: T) => string = shown): Problem[] {
  if (old === wanted) return [];
  const allowed = `${shown(old)}, with which the group was created`;
  return [{ key, was: show(wanted), allowed, fix: SAFE_WAY }];
}

function clusterModeProblems(before: FixedSettings, after: FixedSettings): Problem[] {
  if (before.clustered === after.clustered) return [];
  const allowed = before.clustered
    ? "sync, async or disabled, between which AWS changes in place; without it the group would leave cluster mode"
    : "nothing, since the group was created without cluster mode, which durability needs";
  const was = after.clustered ? "given" : "missing";
  return [{ key: "queueGroup.durability", was, allowed, fix: SAFE_WAY }];
}

function downgradeProblems(before: FixedSettings, after: FixedSettings): Problem[] {
  if (!isDowngrade(before, after)) return [];
  const was = `${after.engine} ${after.version}`;
  const allowed = `${before.engine} ${before.version} or later; AWS has no way back`;
  return [{ key: "queue.version", was, allowed, fix: SAFE_WAY }];
}

/**
 * Another VPC. It replaces the firewall and leaves the group where it is, where AWS then refuses a security group of
 * another VPC; so no `protect: false` leads there.
 */
export function strandedGroup(role: Role, before: FixedSettings, after: FixedSettings): Problem[] {
  if (before.vpcId === after.vpcId) return [];
  const from =
    role === Role.Queue
      ? say` from a snapshot (${key("queueGroup.restoreFrom")})`
      : ", a cache is empty there";
  return [
    {
      key: "vpcId",
      was: shownAs(VPC, after.vpcId),
      allowed: `${shown(before.vpcId)}, in which the ${role}'s group lies: its firewall (security group) would be replaced, the group cannot follow`,
      fix: say`Bring up a second stack in the other VPC${from}, and move the applications there.`,
    },
  ];
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
      was: say`${after.engine} ${after.version} with ${key("minorUpgrades", "true")}`,
      allowed: `${before.engine} ${from}, of which AWS chooses the minor version by itself`,
      fix: say`Set ${key("minorUpgrades", "false")} together with the new version, deploy that, and turn it on again afterwards.`,
    },
  ];
}

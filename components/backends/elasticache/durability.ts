import { hasHashTag } from "../../redis/bullmq";
import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";
import { Engine, Role } from "../../redis/roles";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import { compareVersions } from "../../redis/software";
import type { EngineVersion } from "./engines";
import { DURABLE_SINCE } from "./engines";
import { Durability } from "./enums";
import type { QueueGroup } from "./guarantees";
import { DURABLE_FAMILIES, familyOf } from "./nodes";

/** Everything that keeps a group from being durable (ElastiCache User Guide, "Durability: limitations"). */
export function durabilityProblems(
  role: Role,
  life: QueueGroup,
  { engine, version }: EngineVersion,
  nodeType: string | undefined,
  prefix: string | undefined,
): Problem[] {
  if (life.durability === undefined) return [];
  const path = `${role}Group.durability`;
  const was = shownNear(life.durability, Object.values(Durability));
  if (role === Role.Cache) {
    return [{ key: path, was, allowed: "nothing: a cache persists nothing", fix: "Remove the setting." }];
  }
  const problems: Problem[] = [];
  const needs = (allowed: string, fix: Sentence) => problems.push({ key: path, was, allowed, fix });
  if (engine !== Engine.Valkey || compareVersions(version, DURABLE_SINCE) < 0) {
    needs(
      `only with valkey ${DURABLE_SINCE} or later, not ${engine} ${version}`,
      say`Set ${key("queue.version", JSON.stringify(DURABLE_SINCE))}.`,
    );
  }
  if (!life.multiAz)
    needs("only with Multi-AZ and a replica", say`Set ${key("queueGroup.nodes")} to 2 or more.`);
  if (nodeType !== undefined && !DURABLE_FAMILIES.includes(familyOf(nodeType))) {
    needs(
      `only on nodes of the families ${DURABLE_FAMILIES.join(", ")}, not ${nodeType}`,
      "Choose one of these.",
    );
  }
  if (prefix !== undefined && !hasHashTag(prefix)) {
    problems.push({
      key: "queue.bullmq.prefix",
      was: shapeOf(prefix),
      allowed: "one with a hash tag, such as {bull}, since a durable group runs in cluster mode",
      fix: "Put braces around it, or remove the setting.",
    });
  }
  return problems;
}

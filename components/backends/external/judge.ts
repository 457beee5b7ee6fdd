import { type Problem, shown } from "../../redis/problems";
import { Engine, Role } from "../../redis/roles";
import { compareVersions, LEAST_VERSION } from "../../redis/software";
import type { Observation } from "./externalServer";

/** What keeps this role from living on this server, each with what to change at its provider. */
export function judge(role: string, { server, policy }: Observation): Problem[] {
  const problems: Problem[] = [];
  if (isOlder(server)) {
    problems.push({
      key: `${role}Server version`,
      was: server,
      allowed: `redis ${LEAST_VERSION} or later, or valkey`,
      fix: "Upgrade the engine at the server's provider.",
    });
  }
  if (role === Role.Queue && policy !== "noeviction") {
    problems.push({
      key: "queueServer maxmemory-policy",
      was: policy === "" ? "not shown by INFO" : shown(policy),
      allowed: "noeviction, since a queue that evicts loses jobs",
      fix: "Set the eviction policy (maxmemory-policy) to noeviction at the server's provider.",
    });
  }
  return problems;
}

function isOlder(server: string): boolean {
  const [engine, version = ""] = server.split(" ");
  if (engine !== Engine.Redis) return false;
  return compareVersions(version, LEAST_VERSION) < 0;
}

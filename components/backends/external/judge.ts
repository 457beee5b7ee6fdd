import { type Problem, shown } from "../../redis/problems";
import { Role } from "../../redis/roles";
import type { Observation } from "./externalServer";

/** BullMQ's own recommendation (`src/classes/redis-connection.ts`, recommendedMinimumVersion). */
const LEAST_VERSION = "6.2";

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
  if (engine !== "redis") return false;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_VERSION.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

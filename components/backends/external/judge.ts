import type { Problem } from "../../redis/problems";
import { shown } from "../../redis/problems";
import { Engine, Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { compareVersions, LEAST_VERSION } from "../../redis/software";
import type { Observation, Standing } from "./externalServer";

const NO_EVICTION = "noeviction";

/** What keeps this role from living on this server, each with what to change at its provider. */
export function judge(role: string, { server, policy, standing }: Observation): Problem[] {
  if (standing && !(role === Role.Cache && standing === "writable replica"))
    return [standingProblem(role, standing)];
  const problems: Problem[] = [];
  if (isOlder(server)) {
    problems.push({
      key: `${role}Server version`,
      was: server,
      allowed: `redis ${LEAST_VERSION} or later, or valkey`,
      fix: "Upgrade the engine at the server's provider.",
    });
  }
  if (role === Role.Queue && policy !== NO_EVICTION) problems.push(policyProblem(policy));
  return problems;
}

const ASPECTS = {
  server: "the software",
  clusterMode: "cluster mode",
  policy: "maxmemory-policy",
  persistence: "persistence",
  standing: "the replication role",
} as const;

/** A line for each thing that the server said otherwise at the last `up`; none before the first. */
export function changes(before: Observation | undefined, now: Observation): string[] {
  if (!before) return [];
  const worded = (seen: Observation, aspect: keyof Observation) => {
    const value = seen[aspect] ?? "primary";
    return value === "" ? "hidden by the service" : JSON.stringify(value);
  };
  return (Object.keys(ASPECTS) as (keyof Observation)[])
    .filter((aspect) => before[aspect] !== now[aspect])
    .map(
      (aspect) =>
        `${ASPECTS[aspect]} of the server is ${worded(now, aspect)}, at the last up it was ${worded(before, aspect)}`,
    );
}

/** A replica drops or refuses what is written to it; a Sentinel holds no data at all. */
function standingProblem(role: string, standing: Standing): Problem {
  return {
    key: `${role}Server`,
    was: `a ${standing}`,
    allowed:
      role === Role.Queue
        ? "a primary, since a queue on anything else loses or refuses its jobs"
        : "a primary, or a replica that takes writes",
    fix:
      standing === "sentinel"
        ? "Give the address of the primary that it watches (`SENTINEL get-master-addr-by-name`); its own port is usually 26379."
        : "Give the address of its primary (`master_host` in INFO, or the primary endpoint at the server's provider).",
  };
}

/** Many services block CONFIG and hide the policy: what may be right already must not be told to be wrong. */
function policyProblem(policy: string): Problem {
  const problem = {
    key: "queueServer maxmemory-policy",
    allowed: "noeviction, since a queue that evicts loses jobs",
  };
  if (policy === "") {
    return {
      ...problem,
      was: "hidden by the service",
      fix: say`Look it up at the server's provider; when it is noeviction there, skip the check with ${key("checkAtDeploy", "false")} and ${key("queueServer.clusterMode")}.`,
    };
  }
  return {
    ...problem,
    was: shown(policy),
    fix: "Set the eviction policy (maxmemory-policy) to noeviction at the server's provider.",
  };
}

function isOlder(server: string): boolean {
  const [engine, version = ""] = server.split(" ");
  if (engine !== Engine.Redis) return false;
  return compareVersions(version, LEAST_VERSION) < 0;
}

import { readDirectives } from "../../redis/directives";
import type { RolePlan } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import type { Directive } from "../../redis/roles";

/** One parameter of a parameter group. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

const NO_AOF = "ElastiCache writes no AOF and keeps snapshots instead";
const NO_SAVE = "set `snapshotDays` and `snapshotWindow` of the group instead";

/** Directives of redis.conf that ElastiCache does not have, each with the way that is open. */
const ABSENT: Readonly<Record<string, string>> = {
  appendonly: NO_AOF,
  appendfsync: NO_AOF,
  "no-appendfsync-on-rewrite": NO_AOF,
  "auto-aof-rewrite-percentage": NO_AOF,
  "auto-aof-rewrite-min-size": NO_AOF,
  save: NO_SAVE,
  "shutdown-on-sigterm": NO_SAVE,
  "reserved-memory": "set `reservedMemoryPercent` of the group instead",
  "reserved-memory-percent": "set `reservedMemoryPercent` of the group instead",
};

/** The user's directives as parameters, and what is wrong with them; ElastiCache itself refuses a name it does not know. */
export function extraParameters(
  role: RolePlan["role"],
  config: Readonly<Record<string, string>>,
): { parameters: Parameter[]; problems: Problem[] } {
  const { directives } = readDirectives(role, config);
  const problems = directives.flatMap((directive) => directiveProblems(role, directive));
  return { parameters: directives.map(([name, value = ""]) => ({ name, value })), problems };
}

/** What makes the role the role it is, then the user's, sorted by name so that order is never a change. */
export function groupParameters(
  plan: RolePlan,
  reservedPercent: number,
  durable: boolean,
  extra: readonly Parameter[],
): Parameter[] {
  const own: Parameter[] = [
    { name: "maxmemory-policy", value: plan.evictionPolicy },
    { name: "reserved-memory-percent", value: String(reservedPercent) },
    ...(durable ? [{ name: "cluster-enabled", value: "yes" }] : []),
  ];
  const owned = own.map(({ name }) => name);
  return [...own, ...extra.filter(({ name }) => !owned.includes(name))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function directiveProblems(role: RolePlan["role"], [name, ...args]: Directive): Problem[] {
  const key = `${role}.config.${name}`;
  const was = JSON.stringify(args.join(" "));
  const absent = ABSENT[name];
  if (absent) {
    return [{ key, was, allowed: "a parameter of ElastiCache", fix: `Remove it: ${absent}.` }];
  }
  if (args.length === 1) return [];
  const fix =
    "Use the names of the ElastiCache User Guide, such as client-output-buffer-limit-pubsub-hard-limit.";
  return [{ key, was, allowed: "one value, since a parameter of ElastiCache has one", fix }];
}

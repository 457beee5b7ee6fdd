import { readDirectives } from "../../redis/directives";
import { shownNear } from "../../redis/near";
import type { RolePlan } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";
import type { Directive } from "../../redis/roles";
import { joined, key, say } from "../../redis/sentence";
import { shownSize } from "../../redis/size";
import type { Range } from "./parameterList";
import { PARAMETERS, UNCHANGEABLE } from "./parameterList";

/** One parameter of a parameter group. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

const NO_AOF = "ElastiCache writes no AOF and keeps snapshots instead";
const NO_SAVE = ["snapshotDays", "snapshotWindow"];
const RESERVED = ["reservedMemoryPercent"];

/** Directives of redis.conf that ElastiCache does not have: why, or the settings of the group that take their place. */
const ABSENT: Readonly<Record<string, string | readonly string[]>> = {
  appendonly: NO_AOF,
  appendfsync: NO_AOF,
  "no-appendfsync-on-rewrite": NO_AOF,
  "auto-aof-rewrite-percentage": NO_AOF,
  "auto-aof-rewrite-min-size": NO_AOF,
  save: NO_SAVE,
  "shutdown-on-sigterm": NO_SAVE,
  "reserved-memory": RESERVED,
  "reserved-memory-percent": RESERVED,
};

/** The user's directives as parameters of a family, and what is wrong with them. */
export function extraParameters(
  role: RolePlan["role"],
  family: string,
  config: Readonly<Record<string, string>>,
): { parameters: Parameter[]; problems: Problem[] } {
  const { directives } = readDirectives(role, config);
  const problems = directives.flatMap((directive) => directiveProblems(role, family, directive));
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

function directiveProblems(role: RolePlan["role"], family: string, [name, ...args]: Directive): Problem[] {
  const path = `${role}.config.${name}`;
  const absent = Object.hasOwn(ABSENT, name) ? ABSENT[name] : undefined;
  if (absent) {
    const settings = typeof absent === "string" ? [] : absent.map((one) => key(`${role}Group.${one}`));
    const way = typeof absent === "string" ? absent : say`set ${joined(settings, " and ")} instead`;
    return [{ key: path, was: "given", allowed: "a parameter of ElastiCache", fix: say`Remove it: ${way}.` }];
  }
  if (UNCHANGEABLE.includes(name)) {
    const allowed = "nothing: ElastiCache sets it by itself";
    return [{ key: path, was: "given", allowed, fix: "Remove it." }];
  }
  const list = PARAMETERS[family];
  const range = list && Object.hasOwn(list, name) ? list[name] : undefined;
  if (args.length !== 1) {
    const was = `${args.length} values`;
    const fix =
      "Use the names of the ElastiCache User Guide, such as client-output-buffer-limit-pubsub-hard-limit.";
    return [{ key: path, was, allowed: "one value, since a parameter of ElastiCache has one", fix }];
  }
  // A family newer than the list: AWS decides, as the warning about its version says.
  if (list === undefined) return [];
  if (range === undefined) {
    const allowed = `a parameter of the family ${family} that can be changed (ElastiCache User Guide, "Valkey and Redis OSS parameters")`;
    return [{ key: path, was: "given", allowed, fix: "Remove it, or correct its name." }];
  }
  const [value = ""] = args;
  if (within(range, value)) return [];
  return [
    { key: path, was: shownIn(range, value), allowed: describeRange(range), fix: "Correct the value." },
  ];
}

function within(range: Range, value: string): boolean {
  if ("words" in range) return range.words.includes(value);
  if ("form" in range) return range.form.test(value);
  if (!/^-?\d+$/.test(value)) return false;
  const { least, most = Number.MAX_SAFE_INTEGER, or } = range;
  return Number(value) === or || (Number(value) >= least && Number(value) <= most);
}

function shownIn(range: Range, value: string): string {
  if ("words" in range) return shownNear(value, range.words);
  return "form" in range ? shapeOf(value) : shownSize(value);
}

function describeRange(range: Range): string {
  if ("words" in range) return range.words.join(", ");
  if ("form" in range) return range.of;
  const { least, most, or } = range;
  const bounds =
    most === undefined ? `a whole number from ${least} on` : `a whole number from ${least} to ${most}`;
  return or === undefined ? bounds : `${or}, or ${bounds}`;
}

import { visible } from "../redis/shown";
import type { Sentence } from "./sentence";
import { settingName, told } from "./sentence";

/** One thing wrong with a configuration, in the four parts every message here has; settings by their paths in the args. */
export interface Problem {
  /** The setting, or those that only together are wrong: `queue.maxMemory`; or what is wrong and no setting. */
  readonly key: string | readonly string[] | { readonly other: string };
  /** What was found, ready to print: `"12 bananas"`, `missing`. Never a secret's value. */
  readonly was: Sentence;
  /** What may stand there. */
  readonly allowed: Sentence;
  /** What to do now. */
  readonly fix: Sentence;
}

/** A problem with every setting under the name that its reader knows. */
export interface ToldProblem extends Problem {
  readonly key: readonly string[];
  readonly was: string;
  readonly allowed: string;
  readonly fix: string;
}
const LONGEST_KEY = 300;

/** The problem for a reader who finds the backend's own settings in `section` of a stack file; without one, as args. */
export function toldProblem({ key, was, allowed, fix }: Problem, section?: string): ToldProblem {
  return {
    key: names(key, section),
    was: told(was, section),
    allowed: told(allowed, section),
    fix: told(fix, section),
  };
}

function names(key: Problem["key"], section: string | undefined): string[] {
  if (typeof key === "object" && "other" in key) return [key.other];
  return [key].flat().map((path) => settingName(path, section));
}

/** `key: was. Allowed: … Fix.` on one line. */
export function describe(problem: Problem): string {
  const { key, was, allowed, fix } = toldProblem(problem);
  const name = key.join(", ");
  // Keys are the user's words, and stand in hints too.
  const short = name.length > LONGEST_KEY ? `${name.slice(0, LONGEST_KEY)}…` : name;
  return visible(`${short}: ${was}. Allowed: ${allowed}. ${fix.replaceAll(name, () => short)}`);
}

/** One message for all problems: a heading and a line each. */
export function describeAll(heading: string, problems: readonly Problem[], section?: string): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  - ${describe(toldProblem(problem, section))}`);
  return [`${heading}: ${count}`, ...lines].join("\n");
}

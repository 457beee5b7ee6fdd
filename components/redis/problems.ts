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

/** What a terminal acts on instead of showing it: controls, text direction, other line ends. JSON quotes only some. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a URL or an image's registry has before its host: perhaps a password. */
const USER_INFO = /\S@/;

const LONGEST_SHOWN = 80;
const NUMBER = /^[-+]?\d{1,30}(?:\.\d{1,30})?$/;
const LONGEST_KEY = 300;

/**
 * Quotes a found value for a message, control characters made visible. What is long, or may be a URL with a password,
 * is described: a shortened secret is one that Pulumi no longer knows to mask.
 */
export function shown(value: unknown): string {
  // JSON has no NaN and writes it as null, and refuses a bigint.
  const json =
    typeof value === "number" || typeof value === "bigint"
      ? String(value)
      : (JSON.stringify(value) ?? "missing");
  const text = visible(json);
  return text.length > LONGEST_SHOWN || USER_INFO.test(text) ? shapeOf(value) : text;
}

/** A wrong value of a setting that has a grammar of its own: shown when the text has that form. */
export function shownAs(form: RegExp, value: unknown): string {
  return typeof value === "string" && form.test(value) ? shown(value) : shapeOf(value);
}

/** A wrong value where a number belongs: shown when it is one, in quotes or not. */
export function shownNumber(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint" ? shown(value) : shownAs(NUMBER, value);
}

/** What a value is, without itself. */
export function shapeOf(value: unknown): string {
  // A number may be a password without its quotes.
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "string" && value !== "")
    return `a text of ${plural(value.length, "character", "characters")}`;
  if (Array.isArray(value)) return `a list of ${plural(value.length, "entry", "entries")}`;
  if (typeof value !== "object" || value === null) return shown(value);
  return `an object of ${plural(Object.keys(value).length, "key", "keys")}`;
}

function plural(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16).padStart(4, "0")}}`);
}

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

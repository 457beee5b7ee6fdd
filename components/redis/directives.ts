import { splitArguments } from "./arguments";
import { OWNED, REFUSED, REFUSED_FAMILIES, REPLACED } from "./directiveRules";
import { shownNear } from "./near";
import type { Problem } from "./problems";
import { shapeOf, shown, shownAs } from "./problems";
import type { Directive, Role } from "./roles";
import { REDIS_POLICIES } from "./roles";

/**
 * Reads a role's extra directives: names as in redis.conf, values as the rest of such a line, quotes included.
 * Returns them split into arguments, and a problem for each one that is malformed, opens a hole or contradicts the role.
 */
export function readDirectives(
  role: Role,
  config: Readonly<Record<string, string>>,
): { directives: Directive[]; problems: Problem[] } {
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  const names = new Set<string>();
  if (typeof config !== "object" || config === null) {
    const allowed = "an object of directives";
    const problem = { key: `${role}.config`, was: shapeOf(config), allowed, fix: "Correct the value." };
    return { directives, problems: [problem] };
  }
  for (const [written, value] of Object.entries(config)) {
    const name = written.toLowerCase();
    const read = nameProblem(role, written, names.has(name)) ?? readDirective(role, written, value);
    if ("key" in read) problems.push(read);
    else directives.push(read);
    names.add(name);
  }
  return { directives, problems };
}

/**
 * The role's own directives with the user's merged in: a user's line replaces the role's line of the same name,
 * which readDirectives has already found to keep the promise.
 */
export function mergeDirectives(own: readonly Directive[], extra: readonly Directive[]): Directive[] {
  const replaced = new Set(extra.map(([name]) => name));
  return [...own.filter(([name]) => !replaced.has(name)), ...extra.flatMap(oneGroupPerLine)];
}

/** Directives that repeat a group of arguments, and its length. Later versions take several in a line, Redis 6.2 one. */
const GROUP_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["save", 2],
  ["client-output-buffer-limit", 4],
]);

function oneGroupPerLine([name, ...args]: Directive): Directive[] {
  const length = GROUP_LENGTHS.get(name);
  if (length === undefined || args.length % length !== 0) return [[name, ...args]];
  return args.flatMap((_, index): Directive[] =>
    index % length === 0 ? [[name, ...args.slice(index, index + length)]] : [],
  );
}

function nameProblem(role: Role, written: string, again: boolean): Problem | undefined {
  const name = written.toLowerCase();
  const key = `${role}.config.${written}`;
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) {
    return {
      key: `${role}.config`,
      was: `the name ${shownName(written)}`,
      allowed: "the name of a redis.conf directive (letters, digits, hyphens)",
      fix: "Correct the name.",
    };
  }
  const reason = refusal(role, name);
  if (reason) {
    // Not what it was: some of these hold a password, and no value would do.
    return { key, was: "given", allowed: `any directive but \`${name}\``, fix: `Remove it: ${reason}.` };
  }
  if (again) {
    const allowed = "each directive once, since capitals make no difference";
    return { key, was: `\`${name}\` a second time`, allowed, fix: "Remove one of the two." };
  }
  return undefined;
}

function refusal(role: Role, name: string): string | undefined {
  const setting = REPLACED.get(name);
  if (setting !== undefined) return `set \`${role}.${setting}\` instead`;
  const family = [...REFUSED_FAMILIES.keys()].find((start) => name.startsWith(start));
  return REFUSED.get(name) ?? (family && REFUSED_FAMILIES.get(family));
}

function readDirective(role: Role, written: string, value: string): Directive | Problem {
  const name = written.toLowerCase();
  const found = { key: `${role}.config.${written}`, was: shapeOf(value) };
  if (typeof value !== "string") return { ...found, allowed: "a text", fix: "Correct the value." };
  if (/[\n\0]/.test(value.trim())) {
    const fix = "Write a line break as \\n and a NUL byte as \\x00, in double quotes.";
    return { ...found, allowed: "one line of text", fix };
  }
  const args = splitArguments(value);
  if (args === undefined) {
    const allowed = "a value whose quotes are closed and followed by a space";
    return { ...found, allowed, fix: "Close the quotes." };
  }
  if (args.length === 0) {
    const fix = 'Give the directive a value; for an empty one write "\\"\\"".';
    return { ...found, was: shown(value), allowed: "a value", fix };
  }
  if (args.some((arg) => arg.includes("\ufffd"))) {
    return { ...found, allowed: "text in UTF-8", fix: "Correct the bytes that are none." };
  }
  const owned = OWNED[role].get(name);
  if (owned === undefined) return [name, ...args];
  const effective = asRedisCompares(args);
  if (owned.keeps(effective)) return [name, ...effective];
  return { ...found, was: shownWords(name, value), allowed: owned.allowed, fix: `Remove it: ${owned.why}.` };
}

/** A whole line given as the name may hold a password: `requirepass …`. */
function shownName(name: string): string {
  const [first, ...more] = name.trim().split(/\s+/);
  return shown(more.length === 0 ? name : `${first} …`);
}

/** The words that Redis takes for what the roles own. */
const WORDS = [
  ...REDIS_POLICIES,
  ...["yes", "no", "always", "everysec"],
  ...["default", "save", "nosave", "now", "force", "failover"],
];

/** What the roles own takes these words, and `save` numbers; anything else may be a password in the wrong line. */
function shownWords(name: string, value: string): string {
  if (name === "save") return shownAs(/^[\d\s"'e+.-]*$/, value);
  const isWord = (part: string) => part === "" || shownNear(part, WORDS) === shown(part);
  return value.split(/[\s"']+/).every(isWord) ? shown(value) : shapeOf(value);
}

/** Redis ignores case in what roles own, and splits a lone argument of `save` and its like once more (config.c). */
function asRedisCompares(args: readonly string[]): string[] {
  const [only = "", ...more] = args;
  const inner = more.length === 0 && only !== "" ? splitArguments(only) : undefined;
  return (inner?.length ? inner : args).map((arg) => arg.toLowerCase());
}

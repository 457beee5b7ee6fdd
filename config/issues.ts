import { distance } from "fastest-levenshtein";
import type { Problem } from "redis-topology/create";
import { shapeOf, shown, shownNear, shownNumber } from "redis-topology/create";
import { z } from "zod";
import type { Schema } from "./paths";
import { keysAt, schemaAt, secretPaths, valueAt } from "./paths";
import type { StackSchema } from "./schema";

type Issue = z.core.$ZodIssue;

/** What the schema found wrong, in this project's words. */
export function readIssue(issue: Issue, schema: StackSchema, config: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(schema, [...path, key]));
  const isFree = path.some((_, index) => schemaAt(schema, path.slice(0, index)) instanceof z.ZodRecord);
  return [wrongValue(issue, path, schemaAt(schema, path), valueAt(config, path), isFree)];
}

/** What is left of a configuration, and the paths of what was taken out. */
interface Rest {
  readonly config: object;
  readonly removed: readonly string[];
}

/**
 * The configuration without what the issues are about, so that the rest can be checked as well. What lacks a part it
 * cannot be without, or is an entry of a list of objects, goes with its holder.
 */
export function withoutFaults(config: object, schema: StackSchema): Rest {
  const rest = structuredClone(config);
  const removed: string[] = [];
  for (;;) {
    const issues = schema.safeParse(rest).error?.issues ?? [];
    const paths = issues.flatMap(faultyPaths).map((path) => removablePath(rest, path));
    const found = paths.filter((path) => path.length > 0);
    if (found.length === 0) return { config: rest, removed };
    // The last entries of a list first, and each once: the others move up.
    for (const path of [...new Map(found.map((one) => [one.join("."), one])).values()].reverse()) {
      const holder = valueAt(rest, path.slice(0, -1));
      if (Array.isArray(holder)) holder.splice(Number(path.at(-1)), 1);
      else if (typeof holder === "object" && holder !== null)
        Reflect.deleteProperty(holder, path.at(-1) ?? "");
      removed.push(path.join("."));
    }
  }
}

/** The deepest part of a path that is there and can go without giving settings of other entries another name. */
function removablePath(config: object, path: readonly string[]): readonly string[] {
  if (path.length === 0) return path;
  const parent = path.slice(0, -1);
  const holder = parent.length === 0 ? config : valueAt(config, parent);
  const isThere = typeof holder === "object" && holder !== null && Object.hasOwn(holder, path.at(-1) ?? "");
  const moves = Array.isArray(holder) && holder.some((item, at) => `${at}` !== path.at(-1) && isObject(item));
  return isThere && !moves ? path : removablePath(config, parent);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function faultyPaths(issue: Issue): string[][] {
  const path = issue.path.map(String);
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

function wrongValue(
  issue: Issue,
  path: readonly string[],
  schema: Schema,
  value: unknown,
  isFree: boolean,
): Problem {
  const key = path.join(".");
  const empty = value === "" || value === null;
  if (schema instanceof z.ZodObject) {
    return {
      key,
      // Whatever was meant for a section may hold its passwords.
      was: empty ? "empty" : "not an object",
      allowed: "an object of settings",
      fix: empty ? `Write \`${key}: {}\` to have the defaults.` : "Correct the value.",
    };
  }
  if (secretPaths(schema).length > 0) {
    const fix = `Set it with \`pulumi config set --path --secret '${key}'\`.`;
    return { key, was: empty ? "empty" : "not a text", allowed: "a secret text", fix };
  }
  const choices = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
  return {
    key,
    // A record's names are the user's, such as `requirepass` in `config`, so any value of it may be a password.
    was: empty ? "empty" : isFree || schema instanceof z.ZodRecord ? shapeOf(value) : found(issue, value),
    allowed: choices?.join(", ") ?? expectation(issue, value, schema),
    fix:
      (choices && typeof value === "string" ? suggestion(value, choices) : undefined) ??
      (empty ? "Remove it, or give it a value." : "Correct the value."),
  };
}

/** Only what may stand there, nearly stands there, or is of the type that belongs there is repeated. */
function found(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_value") return shownNear(value, issue.values.map(String));
  if (issue.code !== "invalid_type") return typeof value === "number" ? shown(value) : shapeOf(value);
  if (issue.expected === "boolean") return shownNear(value, ["true", "false"]);
  return ["number", "int"].includes(issue.expected) ? shownNumber(value) : shapeOf(value);
}

function unknownKey(schema: StackSchema, path: readonly string[]): Problem {
  const holder = path.slice(0, -1);
  const siblings = keysAt(schema, holder);
  return {
    key: path.join("."),
    was: "an unknown key",
    allowed: siblings.join(", "),
    fix: setWithoutPath(schema, path) ?? suggestion(path.at(-1) ?? "", siblings, holder) ?? "Remove it.",
  };
}

/** `pulumi config set queue.maxMemory` makes a top-level key of that name. */
function setWithoutPath(schema: StackSchema, path: readonly string[]): string | undefined {
  const [name = "", ...deeper] = path;
  const meant = schemaAt(schema, name.split("."));
  if (deeper.length > 0 || meant === undefined) return undefined;
  const flags = secretPaths(meant).length > 0 ? "--path --secret" : "--path";
  return `Set it with \`pulumi config set ${flags} '${name}' …\`, and remove this one with \`pulumi config rm ${name}\`.`;
}

/** `holder`: where the candidates stand, when they are settings. */
function suggestion(
  word: string,
  candidates: readonly string[],
  holder: readonly string[] = [],
): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  return near && `Did you mean \`${[...holder, near.candidate].join(".")}\`?`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "an object",
};

/** What may stand there, with a word on quotes: YAML tells texts from numbers by them. */
function expectation(issue: Issue, value: unknown, schema: Schema): string {
  if (issue.code === "too_small" && issue.origin === "string") return "a text that is not empty";
  if (issue.code === "too_small") return `at least ${issue.minimum}`;
  if (issue.code !== "invalid_type") return issue.message;
  const type = TYPES[issue.expected] ?? issue.expected;
  if (issue.expected === "string" && ["number", "boolean"].includes(typeof value)) {
    const examples = schema && (z.globalRegistry.get(schema)?.examples as readonly unknown[] | undefined);
    const example = examples?.[0] === undefined ? "" : `, such as ${JSON.stringify(examples[0])}`;
    return `${type}: put it in quotes${example}`;
  }
  const unquoted = typeof value === "string" && /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value);
  return unquoted ? `${type}, without quotes` : type;
}

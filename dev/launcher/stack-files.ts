import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";

const SALT = /^encryptionsalt:.*\n?/m;
const SECRET = /\bsecure:/;

/** The text of every Pulumi.<stack>.yaml in a project, by file name. */
export function readStackFiles(project: string): Map<string, string> {
  const names = readdirSync(project).filter((name) => /^Pulumi\..+\.ya?ml$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(join(project, name), "utf8")]));
}

/**
 * What a stack file must hold after Pulumi has written its salt into it: undefined to leave it, null to remove it.
 * The salt belongs to one passphrase; the state keeps it too, and Pulumi falls back to that one.
 */
export function withoutNewSalt(before: string | undefined, after: string): string | null | undefined {
  if (!SALT.test(after) || (before !== undefined && SALT.test(before)) || SECRET.test(after))
    return undefined;
  const rest = after.replace(SALT, "");
  if (before === undefined) return rest.trim() === "" || rest.trim() === "{}" ? null : rest;
  // Pulumi also rewrites what it did not mean to change: `false` comes back as `"false"`.
  return isDeepStrictEqual(asStrings(parse(before)), asStrings(parse(rest))) ? before : rest;
}

function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (value === null || value === undefined) return {};
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asStrings(inner)]));
}

export function takeNewSaltsOut(
  project: string,
  before: Map<string, string>,
  only: (file: string) => boolean,
): void {
  for (const [name, after] of readStackFiles(project)) {
    const wanted = only(name) ? withoutNewSalt(before.get(name), after) : undefined;
    const file = join(project, name);
    if (wanted === null && existsSync(file)) rmSync(file);
    else if (typeof wanted === "string") writeFileSync(file, wanted);
  }
}

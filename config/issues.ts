import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { type Problem, shown } from "../components/redis/problems";
import { stackSchema } from "./schema";

/** What the schema found wrong, in this project's words. */
export function readIssue(issue: z.core.$ZodIssue, config: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  const value = path.reduce(
    (inner: unknown, key) => (inner as Record<string, unknown> | undefined)?.[key],
    config,
  );
  const allowed = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
  return [
    {
      key: path.join("."),
      was: path.at(-1)?.endsWith("assword") ? "not a text" : shown(value),
      allowed: allowed?.join(", ") ?? expectation(issue),
      fix: (allowed && suggestion(String(value), allowed)) ?? "Correct the value.",
    },
  ];
}

function unknownKey(path: readonly string[]): Problem {
  const siblings = keysAt(path.slice(0, -1));
  return {
    key: path.join("."),
    was: "an unknown key",
    allowed: siblings.join(", "),
    fix: suggestion(path.at(-1) ?? "", siblings) ?? "Remove it.",
  };
}

function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  return near && `Did you mean \`${near.candidate}\`?`;
}

/** The keys that the schema allows at a path. */
function keysAt(path: readonly string[]): string[] {
  const schema = path.reduce<z.core.$ZodType>((outer, key) => objectOf(outer).shape[key], stackSchema);
  return Object.keys(objectOf(schema).shape);
}

function objectOf(schema: z.core.$ZodType): z.ZodObject {
  return schema instanceof z.ZodOptional ? objectOf(schema.unwrap()) : (schema as z.ZodObject);
}

/** `Invalid input: expected number, received string` without what stands in the message already. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") return "a text or a number";
  return issue.message.replace(/^Invalid input: expected /, "").replace(/, received .*$/, "");
}

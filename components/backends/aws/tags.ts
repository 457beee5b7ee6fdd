import type { Problem } from "../../planning/problems";
import { shapeOf } from "../../redis/shown";

/** AWS General Reference, "Tag naming limits and requirements". */
const MOST_KEY = 128;
const MOST_VALUE = 256;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** 50 a resource, less the ones that the backends set themselves and a few for the provider's default tags. */
const MOST_TAGS = 40;

/** Everything wrong with the user's tags. */
export function tagProblems(tags: Readonly<Record<string, string>> = {}): Problem[] {
  const entries = Object.entries(tags);
  const fix = "Shorten or rename it.";
  const problems: Problem[] = entries
    .filter(([key, value]) => !isTag(key, value))
    .map(([key, value]) => ({
      key: "tags",
      was: `${shapeOf(key)} with ${shapeOf(value)} as its value`,
      allowed: `a key of 1 to ${MOST_KEY} and a value of at most ${MOST_VALUE} letters, digits, spaces and _ . : / = + - @, the key not beginning with aws:`,
      fix,
    }));
  if (entries.length > MOST_TAGS) {
    const allowed = `at most ${MOST_TAGS}`;
    problems.push({ key: "tags", was: `${entries.length} of them`, allowed, fix: "Remove some." });
  }
  return problems;
}

function isTag(key: string, value: string): boolean {
  const fits = key.length >= 1 && key.length <= MOST_KEY && value.length <= MOST_VALUE;
  return fits && TEXT.test(key) && TEXT.test(value) && !key.toLowerCase().startsWith("aws:");
}

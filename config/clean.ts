import type { Problem } from "redis-topology/create";

/** Deeper than any setting. Readers that call themselves per level would run out of stack on thousands of them. */
const MOST_LEVELS = 32;

/** Every code that goes through objects key by key takes this one for their prototype, or drops it in silence. */
const PROTOTYPE = "__proto__";

/** A copy without what no reader after this one could take, and a problem for each thing left out. */
export function cleaned(config: object): { config: Record<string, unknown>; problems: Problem[] } {
  const problems: Problem[] = [];
  return { config: copy(config, [], problems) as Record<string, unknown>, problems };
}

function copy(value: unknown, path: readonly string[], problems: Problem[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (path.length > MOST_LEVELS) {
    const was = `nested deeper than ${MOST_LEVELS} levels`;
    const allowed = `at most ${MOST_LEVELS} levels`;
    problems.push({ key: path.slice(0, 3).join("."), was, allowed, fix: "Correct the value." });
    return undefined;
  }
  if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, `${index}`], problems));
  const entries = Object.entries(value).filter(([key]) => {
    if (key !== PROTOTYPE) return true;
    const allowed = "any name that JavaScript does not keep for itself";
    problems.push({ key: [...path, key].join("."), was: "an unusable key", allowed, fix: "Remove it." });
    return false;
  });
  return Object.fromEntries(entries.map(([key, inner]) => [key, copy(inner, [...path, key], problems)]));
}

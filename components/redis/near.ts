import { distance } from "fastest-levenshtein";
import { shapeOf, shown } from "./shown";

/** Edits that make a typing mistake; further off, a text may be something else altogether. */
const MOST_EDITS = 2;

/** A wrong text where only some may stand: shown when it is a near miss of one of them. */
export function shownNear(value: unknown, allowed: readonly string[]): string {
  if (typeof value !== "string") return shapeOf(value);
  const isNear = allowed.some((one) => distance(value.toLowerCase(), one.toLowerCase()) <= MOST_EDITS);
  return isNear ? shown(value) : shapeOf(value);
}

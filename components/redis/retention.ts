import type { Problem } from "./problems";
import { shapeOf } from "./problems";

/**
 * How long BullMQ keeps finished jobs: at most `count` of them, none older than `age` seconds, or both. BullMQ looks
 * whenever a job of the same kind finishes, and not in between.
 */
export type KeepJobs = { count: number; age?: number } | { age: number; count?: number };

/** What becomes of finished jobs, in BullMQ's own words: `true` removes them at once, `false` keeps them for ever. */
export type RemoveJobs = boolean | KeepJobs;

/** What may stand there, for messages. */
export const REMOVE_FORMS =
  "true (removed at once), false (kept for ever), or one or both of `count` (jobs) and `age` (seconds)";

/** What BullMQ cannot take as its `removeOnComplete` or `removeOnFail`. */
export function removeProblems(key: string, given: unknown): Problem[] {
  if (given === undefined || typeof given === "boolean" || isKeepJobs(given)) return [];
  return [{ key, was: shapeOf(given), allowed: REMOVE_FORMS, fix: "Correct the value." }];
}

function isKeepJobs(given: unknown): boolean {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  const limits = Object.entries(given).filter(([, limit]) => limit !== undefined);
  const isLimit = ([key, limit]: [string, unknown]) =>
    (key === "count" || key === "age") && Number.isInteger(limit) && Number(limit) >= 0;
  return limits.length > 0 && limits.every(isLimit);
}

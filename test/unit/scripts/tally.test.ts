import { expect, test } from "vitest";
import type { Check, TestRun, Whole } from "../../../scripts/tally";
import { tally } from "../../../scripts/tally";

const clean: TestRun = { passed: 5, failed: [], skipped: [], todo: 0, errors: [] };
const checks: Check[] = [
  { name: "format and lint", ok: true },
  { name: "types", ok: true },
];

test.each<[string, Partial<Whole>, string[]]>([
  ["all well", { checks }, ["7 passed, 0 failed"]],
  ["a failed check", { checks: [{ name: "types", ok: false }] }, ["types failed", "5 passed, 1 failed"]],
  [
    "a failed test",
    { run: { ...clean, failed: ["a > b"] }, vitestCode: 1 },
    ["failed: a > b", "5 passed, 1 failed"],
  ],
  [
    "a file that cannot be read and an error outside any test",
    { run: { ...clean, errors: ["a.test.ts: syntax", "outside any test: boom"] }, vitestCode: 1 },
    ["error: a.test.ts: syntax", "error: outside any test: boom", "5 passed, 2 failed"],
  ],
  [
    "skipped and todo",
    { run: { ...clean, skipped: ["x"], todo: 2 }, skippedIsFailed: false },
    ["1 skipped, 2 todo", "5 passed, 0 failed"],
  ],
  [
    "skipped where live tests are required",
    { run: { ...clean, skipped: ["x"], todo: 2 } },
    ["skipped, but live tests are required: x", "2 todo", "5 passed, 1 failed"],
  ],
  [
    "vitest died",
    { run: undefined, vitestCode: 137 },
    ["error: vitest ended with exit code 137", "0 passed, 1 failed"],
  ],
  ["no report", { run: undefined }, ["error: vitest ended with exit code 0", "0 passed, 1 failed"]],
  [
    "vitest failed and does not say why",
    { vitestCode: 1 },
    ["error: vitest ended with exit code 1", "5 passed, 1 failed"],
  ],
])("%s", (_, part, lines) => {
  expect(tally({ run: clean, vitestCode: 0, checks: [], skippedIsFailed: true, ...part }).lines).toEqual(
    lines,
  );
});

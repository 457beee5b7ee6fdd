import { expect, test } from "vitest";
import type { Problem } from "../../components/planning/problems";
import { describeAll, describe as describeProblem } from "../../components/planning/problems";
import { shownNear } from "../../components/redis/near";
import { shown, shownAs, shownNumber } from "../../components/redis/shown";

const port: Problem = {
  key: "queue.port",
  was: "70000",
  allowed: "a whole number from 1 to 65535",
  fix: "Choose a free port.",
};

test("a problem is one line of four parts", () => {
  expect(describeProblem(port)).toBe(
    "queue.port: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.",
  );
});

test("a key is printable, and not without end", () => {
  expect(describeProblem({ ...port, key: "a\x1b[2J\nb\u202e\ud800" })).toBe(
    "a\\u{001b}[2J\\u{000a}b\\u{202e}\\u{d800}: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.",
  );
  expect(describeProblem({ ...port, key: "x".repeat(5000) })).toBe(
    `${"x".repeat(300)}…: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.`,
  );
});

test("all problems are one message, a line each", () => {
  expect(describeAll("It cannot be created", [port])).toBe(
    "It cannot be created: 1 problem\n  - queue.port: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.",
  );
  expect(describeAll("It cannot be created", [port, { ...port, key: "cache.port" }]).split("\n")).toEqual([
    "It cannot be created: 2 problems",
    "  - queue.port: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.",
    "  - cache.port: 70000. Allowed: a whole number from 1 to 65535. Choose a free port.",
  ]);
});

test.each<[unknown, string]>([
  [undefined, "missing"],
  [null, "null"],
  ["", '""'],
  ["12 bananas", '"12 bananas"'],
  ['say "hi"', '"say \\"hi\\""'],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [true, "true"],
  [{ size: "1Gi" }, '{"size":"1Gi"}'],
  ["a\nb\t\0", '"a\\nb\\t\\u0000"'],
  ["\x1b[2J\x7f\x9b2J", '"\\u001b[2J\\u{007f}\\u{009b}2J"'],
  ["a\u2028b\u202eb\ufeff", '"a\\u{2028}b\\u{202e}b\\u{feff}"'],
  ["x".repeat(78), `"${"x".repeat(78)}"`],
  ["x".repeat(79), "a text of 79 characters"],
  [["x".repeat(79)], "a list of 1 entry"],
  [{ a: "x".repeat(79), b: 1 }, "an object of 2 keys"],
  ["rediss://user:hunter2@host", "a text of 26 characters"],
])("%j is shown as %s", (value, text) => {
  expect(shown(value)).toBe(text);
});

test.each<[unknown, string]>([
  ["redsi", '"redsi"'],
  ["Valkey", '"Valkey"'],
  ["latest", "a text of 6 characters"],
  ["hunter", "a text of 6 characters"],
  ["19820512", "a text of 8 characters"],
  [19820512, "a number"],
  [true, "true"],
  [["redis"], "a list of 1 entry"],
])("where redis or valkey may stand, %j is shown as %s", (value, text) => {
  expect(shownNear(value, ["redis", "valkey"])).toBe(text);
});

test.each<[unknown, string]>([
  [70000, "70000"],
  ["70000", '"70000"'],
  ["-1.5", '"-1.5"'],
  [Number.NaN, "NaN"],
  [1n, "1"],
  ["7k", "a text of 2 characters"],
  ["hunter2", "a text of 7 characters"],
])("where a number belongs, %s is shown as %s", (value, text) => {
  expect(shownNumber(value)).toBe(text);
});

test.each<[unknown, string]>([
  ["10.0", '"10.0"'],
  ["10.x", "a text of 4 characters"],
  [10, "a number"],
  [undefined, "missing"],
  ["", '""'],
])("where a form of its own is due, %s is shown as %s", (value, text) => {
  expect(shownAs(/^\d+\.\d+$/, value)).toBe(text);
});

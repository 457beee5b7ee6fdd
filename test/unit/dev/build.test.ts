import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let clone: string;
let isStale: () => boolean;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "build-"));
  mkdirSync(join(clone, "dev"));
  cpSync("dev/build.cjs", join(clone, "dev/build.cjs"));
  isStale = require(resolve(clone, "dev/build.cjs")).isStale;
});
afterEach(() => rmSync(clone, { recursive: true }));

function write(file: string, seconds: number): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), "");
  utimesSync(join(clone, file), seconds, seconds);
}

test("what was never compiled is stale", () => {
  write("components/redis/roles.ts", 1000);
  expect(isStale()).toBe(true);
});

test("what was compiled after the last change is not, until a source changes", () => {
  write("components/redis/roles.ts", 1000);
  write("cli/src/main.ts", 1000);
  write("components/dist/built", 2000);
  expect(isStale()).toBe(false);
  write("cli/src/main.ts", 3000);
  expect(isStale()).toBe(true);
});

test("a compiler option counts; what is compiled, and what others installed, does not", () => {
  write("components/dist/built", 2000);
  write("components/dist/redis/roles.d.ts", 3000);
  write("dev/node_modules/other/index.ts", 3000);
  expect(isStale()).toBe(false);
  write("dev/tsconfig.json", 3000);
  expect(isStale()).toBe(true);
});

import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alone } from "../../../cli/launcher/lock";

const lockFile = () => join(mkdtempSync(join(tmpdir(), "lock-")), "x.lock");

test("one at a time; the second says that it waits", async () => {
  const file = lockFile();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} starts`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.push(`${name} ends`);
  };
  await Promise.all(["a", "b"].map((name) => alone(file, () => seen.push(`${name} waits`), work(name))));
  expect(seen).toEqual(["a starts", "b waits", "a ends", "b starts", "b ends"]);
  expect(existsSync(file)).toBe(false);
});

test("a lock whose holder is dead is taken over", async () => {
  const file = lockFile();
  writeFileSync(file, "999999999");
  expect(
    await alone(
      file,
      () => {},
      async () => "done",
    ),
  ).toBe("done");
});

test("a failure releases it", async () => {
  const file = lockFile();
  await expect(
    alone(
      file,
      () => {},
      async () => Promise.reject(new Error("no")),
    ),
  ).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

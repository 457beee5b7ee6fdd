import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alone } from "../../../../dev/launcher/lock";
import { startOf } from "../../../../dev/launcher/process";

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

const nothing = async () => "done";

test("a lock whose holder's id is another process' by now is taken over", async () => {
  const file = lockFile();
  writeFileSync(file, `${process.ppid} some other boot 1`);
  expect(await alone(file, () => {}, nothing)).toBe("done");
});

test("who holds it is told, and after a while what to do", async () => {
  const file = lockFile();
  const told: string[] = [];
  for (const text of [String(process.ppid), `${process.ppid} ${startOf(process.ppid)}`]) {
    writeFileSync(file, text);
    await expect(alone(file, (who) => told.push(who), nothing, 300)).rejects.toThrow(
      `The lock ${file} has been held by pid ${process.ppid} for more than 0.005 minutes. See what that process is (\`ps -p ${process.ppid}\`); if it is not a run of this repository, remove the file, and run the same command again.`,
    );
    expect(readFileSync(file, "utf8")).toBe(text);
  }
  expect(told).toEqual(Array(2).fill(`pid ${process.ppid}, lock ${file}`));
});

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repairScript } from "../../../components/backends/kubernetes/repair";
import { missing } from "../require";
import { temporaryFolder } from "../servers";

const SET = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";
const MANIFEST = "appendonlydir/appendonly.aof.manifest";
const INCR = "appendonlydir/appendonly.aof.1.incr.aof";
const NEXT = "appendonlydir/appendonly.aof.2.incr.aof";
const BASE = "appendonlydir/appendonly.aof.1.base.rdb";
const line = (file: string, seq: number, type: string) =>
  `file ${file.split("/")[1]} seq ${seq} type ${type}\n`;

/** The init container's script on volumes in every state, with the real checkers. */
describe.skipIf(missing("redis"))("before Redis starts", () => {
  const root = temporaryFolder();

  /** Runs the script as the pod does, but on a folder of this machine. */
  function repair(files: Record<string, string>) {
    const data = mkdtempSync(join(root, "data-"));
    mkdirSync(join(data, "appendonlydir"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(data, name), text);
    const log = join(data, "termination-log");
    const script = repairScript("redis")
      .replace("/dev/termination-log", log)
      .replace("cd /data", `cd ${data}`);
    const { status } = spawnSync("sh", ["-c", script], { stdio: "ignore" });
    const read = (name: string) => readFileSync(join(data, name), "utf8");
    const damaged = readdirSync(data).filter((name) => name.startsWith("damaged-"));
    return {
      status,
      said: read("termination-log"),
      read,
      damaged,
      has: (name: string) => existsSync(join(data, name)),
    };
  }

  test("an empty volume is fine", () => {
    const { status, said } = repair({});
    expect([status, said]).toEqual([0, "The data can be loaded.\n"]);
  });

  test("intact files stay as they are", () => {
    const { status, said, read, damaged } = repair({ [MANIFEST]: line(INCR, 1, "i"), [INCR]: SET });
    expect([status, said, damaged]).toEqual([0, "The data can be loaded.\n", []]);
    expect(read(INCR)).toBe(SET);
  });

  test.each([
    ["cut short", SET.slice(0, 20)],
    ["zeroed", "\0".repeat(50)],
    ["overwritten", "rubbish\r\n"],
  ])("an end that is %s is cut off, kept aside and reported", (_, end) => {
    const { status, said, read, damaged } = repair({ [MANIFEST]: line(INCR, 1, "i"), [INCR]: SET + end });
    expect(status).toBe(0);
    expect(read(INCR)).toBe(SET);
    expect(damaged).toHaveLength(1);
    expect(read(damaged[0] ?? "")).toBe(end);
    const report = `repaired ${INCR}: cut off the damaged last ${end.length} bytes, copied to ${damaged[0]}`;
    expect(said).toBe(`${report}\nThe data can be loaded.\n`);
    expect(read("repairs.log")).toContain(report);
  });

  test("a file that is not the last one is repaired too", () => {
    const { status, read } = repair({
      [MANIFEST]: line(INCR, 1, "i") + line(NEXT, 2, "i"),
      [INCR]: `${SET}rubbish`,
      [NEXT]: SET,
    });
    expect([status, read(INCR), read(NEXT)]).toEqual([0, SET, SET]);
  });

  test("a single file of Redis 6 is repaired", () => {
    const { status, read } = repair({ "appendonly.aof": `${SET}rubbish` });
    expect([status, read("appendonly.aof")]).toEqual([0, SET]);
  });

  test.each([
    [
      "a damaged base",
      { [MANIFEST]: line(BASE, 1, "b"), [BASE]: "REDIS0010rubbish" },
      `The base ${BASE} is damaged`,
    ],
    ["a missing file", { [MANIFEST]: line(BASE, 1, "b") }, `${BASE} is missing`],
    ["a damaged snapshot alone", { "dump.rdb": "REDIS0010rubbish" }, "dump.rdb is damaged"],
  ])("%s stops the start, and nothing is touched", (_, files, reason) => {
    const { status, said, read } = repair(files);
    expect(status).toBe(1);
    expect(said).toBe(`${reason}. Nothing was changed; see docs/operations.md, 'The AOF is damaged'.\n`);
    for (const [name, text] of Object.entries(files)) expect(read(name)).toBe(text);
  });

  test("what a crash left of a rewrite is removed", () => {
    const { has } = repair({
      [MANIFEST]: line(INCR, 1, "i"),
      [INCR]: SET,
      "temp-12.rdb": "x",
      "appendonlydir/temp-rewriteaof-12.aof": "x",
    });
    expect([has("temp-12.rdb"), has("appendonlydir/temp-rewriteaof-12.aof"), has(INCR)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

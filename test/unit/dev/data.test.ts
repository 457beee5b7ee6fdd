import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processesIn, whyDataStays } from "../../../dev/data";

const folder = ".redis-topology/local";
const free = { folder, stackExists: true, ownBackend: undefined, processes: [] };

test("data goes when its stack is down and nobody works in it", () => {
  expect(whyDataStays(free)).toBeUndefined();
  expect(whyDataStays({ ...free, stackExists: false })).toBeUndefined();
  expect(whyDataStays({ ...free, ownBackend: "PULUMI_BACKEND_URL is set" })).toBeUndefined();
});

test("data of a running server stays", () => {
  expect(whyDataStays({ ...free, processes: [12, 13] })).toBe(
    `.redis-topology/local is in use (pid 12, 13), so nothing was removed: its server is not of the stack that was just taken down.
Run the same command where that server's stack is kept (with the same PULUMI_BACKEND_URL, login or clone), or stop the server first.`,
  );
});

test("data of a stack that the user's own backend does not know stays", () => {
  expect(whyDataStays({ ...free, stackExists: false, ownBackend: "PULUMI_BACKEND_URL is set" })).toBe(
    `Your own backend is used (PULUMI_BACKEND_URL is set), and it has no such stack: .redis-topology/local is another stack's, and nothing was removed.
Run the same command where that stack is kept, or remove .redis-topology/local yourself.`,
  );
});

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "data-"));
});
afterEach(() => rmSync(clone, { recursive: true }));

test("npm run down -- --delete-data leaves the folder of a running process alone", async () => {
  for (const name of ["cli", "dev", "components", "Pulumi.yaml", "package.json", "tsconfig.base.json"])
    cpSync(name, join(clone, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(clone, "node_modules"));
  const data = join(clone, folder, "queue/data");
  mkdirSync(data, { recursive: true });
  const server = spawn("sleep", ["60"], { cwd: data, stdio: "ignore" });
  try {
    await expect.poll(() => processesIn(join(clone, folder))).toEqual([server.pid]);
    expect(processesIn(join(clone, "cli"))).toEqual([]);
    expect(await down()).toMatchObject({ code: 1, output: expect.stringContaining("is in use (pid") });
    expect(existsSync(data)).toBe(true);
  } finally {
    server.kill();
    await once(server, "close");
  }
  expect(await down()).toMatchObject({ code: 0 });
  expect(existsSync(data)).toBe(false);
});

async function down() {
  const script = 'require("tsx/cjs"); require("./dev/down.ts").main(["--delete-data"])';
  const env = { ...process.env, PULUMI_HOME: clone, PULUMI_BACKEND_URL: "", PULUMI_ACCESS_TOKEN: "" };
  const child = spawn(process.execPath, ["-e", script], { cwd: clone, env });
  let output = "";
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output };
}

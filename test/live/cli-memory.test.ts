import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Queue } from "bullmq";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MEMORY_RESULT } from "../../cli/src/memory/result";
import type { CliRun, Server } from "./cli-helpers";
import { outputsOf, PASSWORD, runCli, startCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server: Server;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-cli-"));
  server = await startServer("queue");
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stopServers();
});

const outputs = () => outputsOf({ queue: server.endpoint });
const weigh = async (...args: string[]) => {
  const run = await runCli(["memory", "--json", "--rate", "1000000", ...args], outputs());
  expect(run.stderr).toBe("");
  const { roles } = MEMORY_RESULT.parse(JSON.parse(run.stdout));
  return roles[0] ?? expect.unreachable();
};

async function fill(jobs: number): Promise<void> {
  const queue = new Queue("mail", {
    connection: { host: "127.0.0.1", port: server.endpoint.port, password: PASSWORD },
    prefix: "{shop}",
  });
  await queue.addBulk(
    Array.from({ length: jobs }, (_, at) => ({
      name: "send",
      data: { to: `user${at}@acme.example`, body: "x".repeat(900) },
      opts: at % 3 === 0 ? { delay: 3_600_000 } : {},
    })),
  );
  await queue.close();
}

async function fillCache(keys: number): Promise<void> {
  for (let from = 0; from < keys; from += 1000) {
    const pipeline = server.admin.pipeline();
    for (let at = from; at < from + 1000; at++) {
      pipeline.set(`page:${at}`, "y".repeat(100 + (at % 300)), "EX", 3600);
      pipeline.sadd(`tag:${at % 40}`, `member-${at}`);
      pipeline.hset(`user:${at % 400}`, `field${at}`, "z".repeat(at % 90));
      pipeline.zadd("board", at, `player-${at}`);
    }
    await pipeline.exec();
  }
}

test("memory tells states, prefixes and types apart, and adds up to what the server holds", async () => {
  await fill(6000);
  await fillCache(20_000);
  const { bytes, data, queues, prefixes, types, biggest, frees, keys } = await weigh();
  expect(Math.abs(bytes / (data ?? 0) - 1)).toBeLessThan(0.01);
  expect(keys).toBe(await server.admin.dbsize());
  const [queue] = queues;
  expect(queue?.queue).toBe("{shop}:mail");
  expect(queue?.parts.map(({ name, keys }) => [name, keys]).slice(0, 2)).toEqual([
    ["waiting", 4000],
    ["delayed", 2000],
  ]);
  expect(prefixes.map(({ name, keys }) => [name, keys]).sort()).toEqual([
    ["(no prefix)", 1],
    ["page:", 20_000],
    ["tag:", 40],
    ["user:", 400],
  ]);
  expect(types.map(({ name }) => name).sort()).toEqual(["hash", "list", "set", "stream", "string", "zset"]);
  expect(biggest).toHaveLength(10);
  expect(biggest[0]?.key).toBe("board");
  expect(frees.map(({ state, jobs, command }) => [state, jobs, command])).toEqual([
    ["waiting", 4000, "redis-topology queue mail clean --state waiting --prefix '{shop}'"],
    ["delayed", 2000, "redis-topology queue mail clean --state delayed --prefix '{shop}'"],
  ]);
  const text = await runCli(["memory", "--rate", "1000000"], outputs());
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toMatch(
    /^queue: \d+ keys, \d+ MB of data \(the server says \d+ MB\); \d+ MB used of 64 MB$/m,
  );
  expect(text.stdout).toMatch(/clean --state waiting --prefix '\{shop\}'\n {2}frees \d.* \(4000 keys\)\n/);
});

test("memory weighs where the server's own account is refused, and says why it cannot where weighing is", async () => {
  await fill(10);
  await server.admin.call("ACL", "SETUSER", "default", "-memory|stats");
  const { data, keys } = await weigh();
  expect([data, keys]).toEqual([undefined, await server.admin.dbsize()]);
  await server.admin.call("ACL", "SETUSER", "default", "-memory");
  const run = await runCli(["memory"], outputs());
  expect(run).toMatchObject({
    code: 1,
    stderr:
      "redis-topology: The server refuses MEMORY USAGE (NOPERM this user has no permissions to run the 'memory|usage' command): nothing can be weighed here.\n",
  });
});

test("memory goes on where it was interrupted", async () => {
  await fillCache(8000);
  const whole = await weigh();
  const file = path.join(folder, "cursor");
  const args = ["memory", "--json", "--rate", "2000", "--role", "queue", "--cursor", file];
  const { child, done } = startCli([...args, "--outputs", "-"], JSON.stringify(outputs()));
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 30_000, interval: 50 });
  child.kill("SIGINT");
  expect(await done).toMatchObject({ code: 130, stdout: "" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const rest = await weigh("--role", "queue", "--cursor", file);
  expect([rest.keys, rest.types]).toEqual([whole.keys, whole.types]);
  expect(existsSync(file)).toBe(false);
});

test.each<[what: string, content: string, message: (file: string) => string]>([
  [
    "is no cursor file",
    "{}",
    (file) => `${file} is no cursor file of \`memory\`. Name another, or remove it to start anew.`,
  ],
  [
    "is of another server",
    JSON.stringify({
      version: 1,
      servers: { "127.0.0.1:1": "x" },
      done: [],
      cursor: "0",
      tally: { keys: 0, bytes: 0, types: {}, queues: {}, prefixes: {}, biggest: [] },
    }),
    (file) =>
      `${file} is of another server, or of this one before its last restart. Remove it to start anew.`,
  ],
])("a cursor file that %s is refused", async (_what, content, message) => {
  const file = path.join(folder, "cursor");
  writeFileSync(file, content);
  const run: CliRun = await runCli(["memory", "--role", "queue", "--cursor", file], outputs());
  expect(run).toMatchObject({ code: 2, stderr: `redis-topology: ${message(file)}\n` });
});

test("the example of memory in docs/cli-server.md does what it shows", async () => {
  const queue = new Queue("mail", {
    connection: { host: "127.0.0.1", port: server.endpoint.port, password: PASSWORD },
  });
  await queue.addBulk([1, 2, 3].map((at) => ({ name: "send", data: { at } })));
  await queue.close();
  const [example] = examplesOf(path.resolve(__dirname, "../../docs/cli-server.md"));
  const run = await runCli(example?.args ?? [], outputs());
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(squeeze(run.stdout)).toMatch(asShown(example?.shown ?? []));
});

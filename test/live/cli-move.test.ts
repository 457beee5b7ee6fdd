import { once } from "node:events";
import * as path from "node:path";
import { Queue, Worker } from "bullmq";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MOVE_RESULT } from "../../cli/src/move/result";
import type { CliRun, Server } from "./cli-helpers";
import { outputsOf, PASSWORD, startCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

const PAGE = path.resolve(__dirname, "../../docs/moving.md");

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let shared: Server;
let cache: Server;
let queue: Server;
beforeEach(async () => {
  [shared, cache, queue] = await Promise.all([
    startServer("queue", { directives: [["enable-debug-command", "local"]] }),
    startServer("cache"),
    startServer("queue"),
  ]);
});
afterEach(stopServers);

const connection = ({ endpoint }: Server) => {
  const { host, port, username, password } = endpoint;
  return { host, port, username, password };
};

/** `redis-topology move` from the shared server into the pair, its password given as redis-cli takes it. */
async function move(...args: string[]): Promise<CliRun> {
  const outputs = outputsOf({ cache: cache.endpoint, queue: queue.endpoint });
  const from = `redis://127.0.0.1:${shared.endpoint.port}`;
  process.env.REDISCLI_AUTH = PASSWORD;
  try {
    return await startCli(["move", "--from", from, "--outputs", "-", ...args], JSON.stringify(outputs)).done;
  } finally {
    delete process.env.REDISCLI_AUTH;
  }
}

const moved = async (...args: string[]) =>
  MOVE_RESULT.parse(JSON.parse((await move("--json", ...args)).stdout));

/** One Redis for everything: values of every type, and two queues under two prefixes. */
async function fill(): Promise<void> {
  const { admin } = shared;
  await admin.set(Buffer.from([0xff, 0x3a, 0x00]), "binary");
  await admin.set("page:1", "x".repeat(5000), "EX", 3600);
  await admin.rpush("list", ...Array.from({ length: 500 }, (_, at) => `${at}`));
  await admin.sadd("set", ...Array.from({ length: 700 }, (_, at) => `member ${at}`));
  await admin.zadd("zset", ...Array.from({ length: 700 }, (_, at) => [at / 7, `m${at}`]).flat());
  await admin.hset("hash", Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`f${at}`, at])));
  await admin.xadd("stream", "*", "field", "value");
  for (const prefix of ["bull", "{shop}"]) {
    const jobs = new Queue("mail", { connection: connection(shared), prefix });
    await jobs.addBulk(
      Array.from({ length: 200 }, (_, at) => ({
        name: "send",
        data: { at },
        opts: at % 4 === 0 ? { delay: 3_600_000 } : at % 4 === 1 ? { priority: 3 } : {},
      })),
    );
    await jobs.close();
  }
}

test("one shared Redis becomes the pair: every key where it belongs, every value equal, the source as it was", async () => {
  await fill();
  const before = await shared.admin.call("DEBUG", "DIGEST");
  const [firstShown, secondShown] = examplesOf(PAGE).map(({ shown }) => asShown(shown));
  const dry = await move("--dry-run");
  expect(squeeze(dry.stdout)).toMatch(firstShown ?? "");
  expect(dry).toMatchObject({ code: 0, stderr: "" });
  expect(dry.stdout).toMatch(/cache +│ all other keys +│ 7 /);
  expect(dry.stdout).toMatch(/queue +│ bull:mail +│ \d+ /);
  expect(dry.stdout).toContain("Nothing was copied.");
  expect([await cache.admin.dbsize(), await queue.admin.dbsize()]).toEqual([0, 0]);

  const run = await move();
  expect(run, run.stderr).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(
    /Copied \d+ keys \(.+\) in [\d.]+ s; compared \d+: every value is the source's\.\n$/,
  );
  expect(squeeze(run.stdout)).toMatch(secondShown ?? "");
  expect(await shared.admin.call("DEBUG", "DIGEST")).toBe(before);
  expect(await cache.admin.dbsize()).toBe(7);
  expect(await cache.admin.scard("set")).toBe(700);
  expect(await cache.admin.ttl("page:1")).toBeGreaterThan(3500);
  for (const prefix of ["bull", "{shop}"]) {
    const jobs = new Queue("mail", { connection: connection(queue), prefix });
    expect(await jobs.getJobCounts("waiting", "delayed", "prioritized")).toEqual({
      waiting: 100,
      delayed: 50,
      prioritized: 50,
    });
    await jobs.close();
  }
  // What was moved is worked on.
  const worker = new Worker("mail", async () => "sent", {
    connection: { ...connection(queue), maxRetriesPerRequest: null },
  });
  await once(worker, "drained");
  await worker.close();

  // And back: the queue alone, into an empty server.
  const one = await startServer("queue");
  process.env.REDISCLI_AUTH = PASSWORD;
  const back = await startCli([
    "move",
    "--json",
    "--from",
    `redis://127.0.0.1:${queue.endpoint.port}`,
    "--url",
    `redis://127.0.0.1:${one.endpoint.port}`,
  ]).done;
  delete process.env.REDISCLI_AUTH;
  expect(back, back.stderr).toMatchObject({ code: 0 });
  expect(await one.admin.dbsize()).toBe(await queue.admin.dbsize());
});

test("--only leaves the rest; without it, keys of a role that is not there are refused", async () => {
  await fill();
  const { plan, differences } = await moved("--only", "queue");
  expect(plan.map(({ role }) => role)).toEqual(["queue", "queue"]);
  expect(differences).toEqual([]);
  expect(await cache.admin.dbsize()).toBe(0);
  process.env.REDISCLI_AUTH = PASSWORD;
  const run = await startCli(
    ["move", "--from", `redis://127.0.0.1:${shared.endpoint.port}`, "--outputs", "-"],
    JSON.stringify(outputsOf({ cache: cache.endpoint })),
  ).done;
  delete process.env.REDISCLI_AUTH;
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(
    /^redis-topology: \d+ keys of the source would go to a queue, and the outputs hold none\. Add `queue: \{\}` to the stack file and bring the stack up, or leave these keys where they are with `--only cache`\.\n$/,
  );
});

test("a target that holds keys is refused; --merge goes on, keeps what is equal and refuses what differs", async () => {
  await fill();
  await queue.admin.set("other", "1");
  const full = await move();
  expect(full).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: The target's queue holds 1 key. Move into an empty one; or add --merge to go on where a move was cut short, or to keep what is there: a key that differs is refused.\n",
  });
  expect(await cache.admin.dbsize()).toBe(0);
  expect((await moved("--merge")).differences).toEqual([]);
  const again = await moved("--merge");
  expect([again.copied?.keys, again.differences]).toEqual([0, []]);
  await queue.admin.hset("bull:mail:2", "data", "changed");
  await queue.admin.del("bull:mail:3");
  const refused = await move("--merge");
  expect(refused).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: The target holds keys of the source that differ: bull:mail:2 (another value). Nothing was written. Delete them at the target, or move into an empty one.\n",
  });
  expect(await queue.admin.exists("bull:mail:3")).toBe(0);
});

test("workers at the source, and a queue that would evict, are refused before anything is copied", async () => {
  await fill();
  const idle = new Worker("mail", async () => undefined, {
    connection: { ...connection(shared), maxRetriesPerRequest: null },
  });
  await idle.waitUntilReady();
  const busy = await move();
  expect(busy.code).toBe(2);
  expect(busy.stderr).toMatch(
    /^redis-topology: Workers are connected to the source: mail \(\d\)\. They change what is copied\. Stop them and whatever adds jobs, then run this again\.\n$/,
  );
  await idle.close();
  await queue.admin.config("SET", "maxmemory-policy", "allkeys-lru");
  expect(await move()).toMatchObject({
    code: 2,
    stderr:
      'redis-topology: The target\'s queue evicts (maxmemory-policy "allkeys-lru") and would lose jobs. Allowed: noeviction. Set it, then run this again.\n',
  });
  expect([await cache.admin.dbsize(), await queue.admin.dbsize()]).toEqual([0, 0]);
});

test("a full target refuses, says what to do, and --merge goes on from there", async () => {
  const jobs = new Queue("mail", { connection: connection(shared) });
  await jobs.addBulk(
    Array.from({ length: 2000 }, (_, at) => ({ name: "send", data: { at, body: "x".repeat(3000) } })),
  );
  await jobs.close();
  await queue.admin.config("SET", "maxmemory", "4mb");
  expect(await move()).toMatchObject({
    code: 1,
    stderr:
      "redis-topology: The target is full. Raise `queue.maxMemory`, bring the stack up, and run this again with --merge.\n",
  });
  await queue.admin.config("SET", "maxmemory", "64mb");
  const { differences, copied } = await moved("--merge");
  expect(differences).toEqual([]);
  expect(copied?.keys).toBeGreaterThan(0);
  expect(await queue.admin.dbsize()).toBe(await shared.admin.dbsize());
});

test("a mover that is killed has lost nothing, and --merge goes on", async () => {
  const jobs = new Queue("mail", { connection: connection(shared) });
  for (let round = 0; round < 10; round++) {
    await jobs.addBulk(Array.from({ length: 2000 }, (_, at) => ({ name: "send", data: { round, at } })));
  }
  await jobs.close();
  process.env.REDISCLI_AUTH = PASSWORD;
  const { child, done } = startCli(
    ["move", "--from", `redis://127.0.0.1:${shared.endpoint.port}`, "--outputs", "-"],
    JSON.stringify(outputsOf({ queue: queue.endpoint })),
  );
  delete process.env.REDISCLI_AUTH;
  await vi.waitFor(async () => expect(await queue.admin.dbsize()).toBeGreaterThan(500), {
    timeout: 20_000,
    interval: 5,
  });
  child.kill("SIGKILL");
  await done;
  const before = await queue.admin.dbsize();
  expect(before).toBeLessThan(20_000);
  const { copied, differences } = await moved("--merge");
  expect(differences).toEqual([]);
  const all = await shared.admin.dbsize();
  expect(copied?.keys).toBe(all - before);
  expect(await queue.admin.dbsize()).toBe(all);
});

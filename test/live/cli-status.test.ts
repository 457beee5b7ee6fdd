import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";
import { readQueues } from "../../cli/src/status/queues";
import type { StatusReport } from "../../cli/src/status/report";
import { statusSchema } from "../../cli/src/status/report";
import type { CliRun, Server } from "./cli-helpers";
import { freePort, outputsOf, PASSWORD, runCli, startCli, startServer, stopServers } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await stopServers();
});

function connectionOf({ endpoint: { host, port, username, password } }: Server) {
  return { host, port, username, password };
}

function queueOf(server: Server, name: string, prefix = "bull"): Queue {
  const queue = new Queue(name, { connection: connectionOf(server), prefix });
  queue.on("error", () => undefined);
  open.push(queue);
  return queue;
}

function reportOf({ stdout }: CliRun): StatusReport {
  return statusSchema.parse(JSON.parse(stdout));
}

function kinds({ problems }: StatusReport): string[] {
  return problems.map(({ kind, role, queue }) => [kind, queue ?? role].join(" "));
}

test("what each role and queue does; jobs that nobody takes are a problem, and --exit-code says so", async () => {
  const [cache, server] = [await startServer("cache"), await startServer("queue")];
  const mail = queueOf(server, "mail");
  await mail.addBulk(Array.from({ length: 5 }, (_, at) => ({ name: "send", data: { at } })));
  await mail.add("later", {}, { delay: 3_600_000 });
  await mail.add("urgent", {}, { priority: 1 });
  const worker = new Worker("mail", async () => new Promise(() => undefined), {
    connection: connectionOf(server),
  });
  worker.on("error", () => undefined);
  open.push({ close: () => worker.close(true) });
  await new Promise((resolve) => worker.once("active", resolve));
  await queueOf(server, "idle", "app").add("done", {});
  const outputs = outputsOf({ cache: cache.endpoint, queue: server.endpoint });

  const run = await runCli(["status", "--json", "--exit-code"], outputs);
  expect(run).toMatchObject({ code: 1, stderr: "" });
  const report = reportOf(run);
  // Both servers are seconds old, which is a note.
  expect(kinds(report)).toEqual(["noWorkers app:idle", "restarted cache", "restarted queue"]);
  const [first, second] = report.roles;
  expect(first).toMatchObject({ role: "cache", queues: [], allQueues: true });
  expect(second?.server).toMatchObject({
    version: "redis 7.0.15",
    loading: false,
    memory: { limitBytes: 64 * 1024 * 1024, policy: "noeviction" },
    evicted: { total: 0, now: 0 },
    persistence: { aof: { writes: "ok", fsync: "everysec" }, recoverableTo: "the last 2 s" },
  });
  const idle = { prefix: "app", name: "idle", waiting: 1, active: 0, workers: 0, paused: false };
  expect(second?.queues).toMatchObject([
    idle,
    {
      prefix: "bull",
      name: "mail",
      waiting: 5,
      active: 1,
      delayed: 1,
      failed: 0,
      workers: 1,
      completedPerMinute: 0,
    },
  ]);
});

test("the stack's own thresholds count", async () => {
  const { endpoint } = await startServer("queue");
  const outputs = { ...outputsOf({ queue: endpoint }), alerts: { connections: 0 } };
  const run = await runCli(["status", "--json", "--exit-code"], outputs);
  expect(run.code).toBe(1);
  expect(kinds(reportOf(run))).toEqual(["connectionsHigh queue", "restarted queue"]);
});

test("for a person: problems first, with the command and the heading that help", async () => {
  const { endpoint } = await startServer("queue", { directives: [["maxmemory-policy", "allkeys-lru"]] });
  const run = await runCli(["status"], outputsOf({ queue: endpoint }));
  expect(run.code).toBe(0);
  const [, , first, second] = run.stdout.split("\n");
  expect(first).toBe(
    "CRITICAL  queue: Its policy is allkeys-lru and not noeviction: when it is full, it deletes jobs.",
  );
  expect(second).toBe(
    "          npx redis-topology shell queue --outputs - CONFIG GET maxmemory-policy  (docs/operations.md#a-queue-evicts)",
  );
  expect(run.stdout).toContain(`\nqueue  127.0.0.1:${endpoint.port}  redis 7.0.15, up `);
  expect(run.stdout).toContain("\n  no queues\n");
});

test("a server that is down, or refuses the password, is the first problem; the other role is still seen", async () => {
  const [{ endpoint }, cache] = [await startServer("queue"), await startServer("cache")];
  const dead = { ...endpoint, port: await freePort() };
  const run = await runCli(
    ["status", "--json", "--exit-code"],
    outputsOf({ queue: dead, cache: cache.endpoint }),
  );
  expect(run).toMatchObject({ code: 1, stderr: "" });
  const report = reportOf(run);
  expect(kinds(report)).toEqual(["down queue", "restarted cache"]);
  expect(report.problems[0]?.text).toBe(`It does not answer: connect ECONNREFUSED 127.0.0.1:${dead.port}`);
  expect(report.roles.map(({ server }) => server !== undefined)).toEqual([true, false]);

  const wrong = { ...endpoint, password: `${PASSWORD}!` };
  const refused = reportOf(await runCli(["status", "--json"], outputsOf({ queue: wrong })));
  expect(kinds(refused)).toEqual(["loginRefused queue"]);
  expect(refused.problems[0]?.text).toMatch(/^It refuses the stack's user: WRONGPASS /);
});

test("a server that says nothing counts as down, and does not hold the command up", async () => {
  const { endpoint, process: child, admin } = await startServer("queue");
  admin.disconnect();
  child.kill("SIGSTOP");
  const report = reportOf(await runCli(["status", "--json"], outputsOf({ queue: endpoint })));
  child.kill("SIGCONT");
  expect(report.problems.map(({ text }) => text)).toEqual(["It does not answer: no answer within 3 s"]);
});

test("a full queue: that it refuses writes, and how much of its memory is used", async () => {
  const server = await startServer("queue", { directives: [["maxmemory", "3mb"]] });
  const { admin } = server;
  await expect(
    (async () => {
      for (;;) await admin.rpush("filler", ...Array.from({ length: 100 }, () => "x".repeat(1000)));
    })(),
  ).rejects.toThrow(/^OOM/);
  const report = reportOf(await runCli(["status", "--json"], outputsOf({ queue: server.endpoint })));
  expect(kinds(report).slice(0, 2)).toEqual(["writesRefused queue", "restarted queue"]);
  expect(report.roles[0]?.server?.refusedWrites).toEqual({ total: 1, now: 0 });
});

test("among more keys than the look has time for, queues with workers and those with many jobs are found", async () => {
  const server = await startServer("queue", { directives: [["maxmemory", "0"]] });
  const fill = `redis.call('hset', 'app:big:meta', 'version', 'bullmq:6.7.0')
    for i = 1, 100000 do redis.call('set', 'app:big:' .. i, 'x'); redis.call('set', 'other' .. i, 'x') end`;
  await server.admin.eval(fill, 0);
  await queueOf(server, "small").add("send", {});
  const worker = new Worker("small", async () => new Promise(() => undefined), {
    connection: connectionOf(server),
  });
  worker.on("error", () => undefined);
  open.push({ close: () => worker.close(true) });
  await new Promise((resolve) => worker.once("active", resolve));
  const client = new Redis(connectionOf(server));
  const { queues, complete } = await readQueues(client, new AbortController().signal, 0);
  client.disconnect();
  expect([complete, queues.map(({ prefix, name }) => `${prefix}:${name}`)]).toEqual([
    false,
    ["app:big", "bull:small"],
  ]);
});

test("keys that only look like a queue's are none, and a server that refuses CONFIG and CLIENT is read all the same", async () => {
  const server = await startServer("queue", { acl: "-config -client|list" });
  await server.admin.set("user:1:meta", "text");
  await server.admin.hset("user:2:meta", "name", "x");
  await queueOf(server, "mail").add("send", {});
  const run = await runCli(["status", "--json"], outputsOf({ queue: server.endpoint }));
  const [role] = reportOf(run).roles;
  expect(role?.queues.map(({ name, workers }) => [name, workers])).toEqual([["mail", undefined]]);
  expect(role?.server?.persistence.aof?.fsync).toBe(undefined);
  const text = (await runCli(["status"], outputsOf({ queue: server.endpoint }))).stdout;
  expect(text).toMatch(/\n {2}mail +1 +0 +0 +0 +\d+ s +0 +0 +\?\n/);
});

test("--watch prints one report after the other, on one connection, until Ctrl-C", async () => {
  const server = await startServer("queue");
  const outputs = JSON.stringify(outputsOf({ queue: server.endpoint }));
  const { child, done } = startCli(["status", "--watch", "1", "--json", "--outputs", "-"], outputs);
  let seen = "";
  let clients = 0;
  child.stdout?.on("data", async (text: string) => {
    seen += text;
    if (seen.split("\n").length < 3) return;
    clients = String(await server.admin.client("LIST"))
      .split("\n")
      .filter((line) => line.includes("user=default")).length;
    child.kill("SIGINT");
  });
  const { code, stderr } = await done;
  expect([code, stderr, clients]).toEqual([130, "", 1]);
  const reports = seen
    .trim()
    .split("\n")
    .map((line) => statusSchema.parse(JSON.parse(line)));
  expect(reports.length).toBeGreaterThanOrEqual(2);
  expect(reports[1]?.sampleSeconds).toBeGreaterThanOrEqual(1);
});

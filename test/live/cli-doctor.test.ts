import * as path from "node:path";
import { Queue, Worker } from "bullmq";
import { Queue as Queue5 } from "bullmq5";
import { afterEach, expect, test, vi } from "vitest";
import { DOCTOR_RESULT } from "../../cli/src/doctor/finding";
import type { Server } from "./cli-helpers";
import { outputsOf, PASSWORD, runCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
afterEach(stopServers);

const connection = (server: Server) => ({
  host: "127.0.0.1",
  port: server.endpoint.port,
  password: PASSWORD,
});

async function doctor(server: Server, code: number, ...args: string[]) {
  const run = await runCli(["doctor", "--json", ...args], outputsOf({ queue: server.endpoint }));
  expect(run).toMatchObject({ code, stderr: "" });
  expect(run.stdout).not.toContain(PASSWORD);
  const { findings, roles, ok } = DOCTOR_RESULT.parse(JSON.parse(run.stdout));
  // Those of this machine and of the server that is installed differ from place to place.
  const place = ["version-ended", "overcommit", "huge-pages", "disk-short", "disk-growth", "fsync-slow"];
  return { findings: findings.filter(({ id }) => !place.includes(id)), role: roles[0], ok };
}

test("doctor finds nothing on a queue as it should be, and measures the data's disk", async () => {
  const server = await startServer("queue");
  const { findings, role } = await doctor(server, 0);
  expect(findings.map(({ id }) => id)).toEqual(["clients-unnamed"]);
  expect(role).toMatchObject({ onThisHost: true, unseen: [], fsync: { samples: 200 } });
  expect(role?.fsync?.p99).toBeGreaterThan(0);
  expect(await server.admin.keys("*")).toEqual([]);
});

test("doctor finds settings that drifted, and exits 1", async () => {
  const server = await startServer("queue");
  await server.admin.config("SET", "appendonly", "no");
  await server.admin.config("SET", "maxmemory-policy", "allkeys-lru");
  const { findings, ok } = await doctor(server, 1);
  expect(ok).toBe(false);
  const settings = findings.filter(({ id }) => id.startsWith("setting-"));
  expect(settings.map(({ id, level, what }) => [id, level, what])).toEqual([
    ["setting-policy", "problem", "policy: the server has allkeys-lru, the outputs promise noeviction."],
    ["setting-aof", "problem", "AOF: the server has no, the outputs promise yes."],
  ]);
});

test("doctor finds what lies wrong in the queues", async () => {
  const server = await startServer("queue");
  const mail = new Queue("mail", { connection: connection(server) });
  await mail.add("taken", {});
  const worker = new Worker("mail", null, { connection: connection(server) });
  await worker.getNextJob("token");
  await mail.addBulk([1, 2, 3].map((at) => ({ name: "lost", data: { at } })));
  // As a person with redis-cli does.
  await server.admin.rpop("bull:mail:wait", 2);
  await server.admin.del("bull:mail:1:lock");
  const five = new Queue5("five", { connection: connection(server) });
  await five.add("tick", {}, { repeat: { every: 60_000 } });
  await server.admin.set("session:7", "x");
  await server.admin.hset("bull::relay:main:node", { a: "1" });
  await Promise.all([worker.close(), mail.close(), five.close()]);

  const { findings } = await doctor(server, 0);
  expect(findings.map(({ id, level, what }) => [id, level, what])).toEqual([
    ["legacy-repeatables", "warning", "1 repeatable job of five from before BullMQ's job schedulers."],
    [
      "no-workers",
      "warning",
      expect.stringMatching(/^1 job of mail wait and no worker is connected \(the next for \d+ s\)\.$/),
    ],
    ["active-without-lock", "warning", "1 active job of mail without a lock, such as 1."],
    ["orphaned-jobs", "warning", "2 jobs of bull:mail in no state of the queue."],
    ["clients-unnamed", "note", expect.stringMatching(/^\d clients? without a name\.$/)],
    ["foreign-keys", "note", "1 key of no queue, such as session:7."],
  ]);
});

test("doctor finds a lock that outlives its worker", async () => {
  const server = await startServer("queue");
  const mail = new Queue("mail", { connection: connection(server) });
  await mail.add("taken", {});
  const worker = new Worker("mail", null, { connection: connection(server) });
  await worker.getNextJob("token");
  await Promise.all([worker.close(), mail.close()]);
  await server.admin.persist("bull:mail:1:lock");
  const { findings } = await doctor(server, 1);
  expect(findings[0]).toMatchObject({
    id: "lock-outlives-worker",
    level: "problem",
    what: "1 lock of mail without an end, such as of job 1.",
    command: "redis-topology queue mail job 1",
  });
});

test("doctor says what it could not see", async () => {
  const server = await startServer("queue", { acl: "-config -client" });
  const { role } = await doctor(server, 0, "--scan", "1");
  expect(role?.unseen).toEqual([
    "settings that INFO does not show: NOPERM this user has no permissions to run the 'config|get' command",
    "clients and workers: CLIENT LIST is refused",
    "the data's disk: it is not in sight from here",
  ]);
});

test("the example of doctor in docs/cli-server.md does what it shows", async () => {
  const server = await startServer("queue");
  await server.admin.config("SET", "maxmemory-policy", "volatile-lru");
  const example = examplesOf(path.resolve(__dirname, "../../docs/cli-server.md")).find(
    ({ args }) => args[0] === "doctor",
  );
  const run = await runCli(example?.args ?? [], outputsOf({ queue: server.endpoint }));
  expect(run).toMatchObject({ code: 1, stderr: "" });
  expect(squeeze(run.stdout)).toMatch(asShown(example?.shown ?? []));
});

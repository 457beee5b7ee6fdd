import * as path from "node:path";
import { FlowProducer, Queue, Worker } from "bullmq";
import { Queue as Queue5 } from "bullmq5";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RESULTS } from "../../cli/src/queues/results";
import type { CliRun, Server } from "./cli-helpers";
import { outputsOf, PASSWORD, runCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server: Server;
const closing: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  server = await startServer("queue");
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close().catch(() => undefined)));
  await stopServers();
});

const connection = () => ({ host: "127.0.0.1", port: server.endpoint.port, password: PASSWORD });
const keep = <T extends { close(): Promise<unknown> }>(one: T): T => {
  closing.push(one);
  return one;
};
const queueOf = (name: string, prefix = "bull") =>
  keep(new Queue(name, { connection: connection(), prefix }));
const cli = (...args: string[]): Promise<CliRun> => runCli(args, outputsOf({ queue: server.endpoint }));

/** The JSON of a command, which must be as documented. */
async function json<K extends keyof typeof RESULTS>(kind: K, ...args: string[]) {
  const run = await cli(...args, "--json");
  expect(run.stderr).toBe("");
  return RESULTS[kind].parse(JSON.parse(run.stdout)) as ReturnType<(typeof RESULTS)[K]["parse"]>;
}

/** A queue whose jobs fail as their data says, and succeed where it says nothing. */
async function withJobs(queue: Queue, jobs: readonly (string | null)[]): Promise<void> {
  await queue.addBulk(
    jobs.map((error, at) => ({ name: "send", data: { error, to: `user${at}@acme.example` } })),
  );
  const worker = new Worker(
    queue.name,
    async (job) => {
      await job.log(`looked at ${job.id}`);
      if (job.data.error !== null) throw new Error(job.data.error);
      return "sent";
    },
    { connection: connection(), prefix: queue.opts.prefix ?? "bull", concurrency: 1 },
  );
  await vi.waitFor(async () => {
    const counts = await queue.getJobCounts("completed", "failed");
    expect((counts.completed ?? 0) + (counts.failed ?? 0)).toBe(jobs.length);
  }, 20_000);
  await worker.close();
}

async function bullQueue(): Promise<void> {
  await server.admin.set("bull:old:id", "7");
  await server.admin.rpush("bull:old:wait", "7");
  await server.admin.hset("bull:old:7", { name: "__default__", data: "{}", timestamp: "1700000000000" });
}

test("queues finds every queue of every prefix and library, with its jobs, oldest and workers", async () => {
  const mail = queueOf("mail");
  await mail.add("send", {}, { timestamp: Date.now() - 7_200_000 });
  await mail.add("later", {}, { delay: 60_000 });
  await mail.pause();
  await queueOf("video", "{shop}").add("cut", {}, { priority: 3 });
  const five = keep(new Queue5("five", { connection: connection() }));
  await five.pause();
  await five.add("old", {});
  await bullQueue();
  await server.admin.set("user:5:id", "5");
  await server.admin.hset("user:5:meta", { age: "5" });
  const worker = keep(new Worker("video", null, { connection: connection(), prefix: "{shop}", name: "w1" }));
  await worker.waitUntilReady();
  keep(worker);
  const blocking = keep(new Worker("mail", async () => undefined, { connection: connection() }));
  await blocking.waitUntilReady();
  await vi.waitFor(async () => {
    const { queues } = await json("queues", "queues");
    expect(queues.find(({ name }) => name === "mail")?.workers).toBe(1);
  }, 20_000);

  const { queues, complete } = await json("queues", "queues");
  expect(complete).toBe(true);
  expect(queues.map(({ prefix, name, library }) => `${prefix} ${name} ${library}`)).toEqual([
    "{shop} video bullmq",
    "bull five bullmq",
    "bull mail bullmq",
    "bull old bull",
  ]);
  const [video, old5, found, old4] = queues;
  expect(video).toMatchObject({ counts: { prioritized: 1, waiting: 0 }, paused: false });
  expect(old5).toMatchObject({
    counts: { waiting: 1 },
    paused: true,
    version: expect.stringMatching(/^bullmq:5/),
  });
  expect(found).toMatchObject({ counts: { waiting: 1, delayed: 1 }, paused: true, workers: 1 });
  expect(found?.oldestWaitingMs).toBeGreaterThan(7_000_000);
  expect(old4).toMatchObject({ counts: { waiting: 1 } });

  const text = await cli("queues");
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toContain("Bull, not BullMQ");
  expect(text.stdout).not.toContain(PASSWORD);
});

test("queues says that it stopped before the end", async () => {
  await queueOf("mail").add("send", {});
  const pipeline = server.admin.pipeline();
  for (let at = 0; at < 6000; at++) pipeline.set(`x:${at}`, "1");
  await pipeline.exec();
  const { complete, looked, keys } = await json("queues", "queues", "--scan", "2000");
  expect({ complete, looked }).toEqual({ complete: false, looked: 2000 });
  expect(keys).toBeGreaterThan(6000);
  expect((await cli("queues", "--scan", "2000")).stdout).toContain(
    `Looked at 2000 of ${keys} keys: there may be more queues. --scan looks further.`,
  );
});

test("stats, jobs, job, failures and schedulers tell what is in a queue", async () => {
  const mail = queueOf("mail");
  await withJobs(mail, [
    null,
    "timeout after 531 ms",
    "timeout after 8 ms",
    "no user 3f2b1c9e-1111-4222-8333-123456789abc",
  ]);
  await mail.add("later", { to: "acme" }, { delay: 3_600_000, jobId: "later1" });
  await mail.upsertJobScheduler("nightly", { pattern: "0 3 * * *", tz: "Europe/Berlin" }, { name: "report" });

  const stats = await json("stats", "queue", "mail");
  expect(stats).toMatchObject({
    counts: { completed: 1, failed: 3, delayed: 2 },
    lastHour: { completed: 1, failed: 3 },
    schedulers: 1,
  });
  expect((await cli("queue", "mail", "stats")).stdout).toContain("last hour         1 completed, 3 failed");

  const jobs = await json(
    "jobs",
    "queue",
    "mail",
    "jobs",
    "--state",
    "failed",
    "completed",
    "--search",
    "TIMEOUT",
  );
  expect(jobs.jobs.map(({ error }) => error)).toEqual(["timeout after 8 ms", "timeout after 531 ms"]);
  expect(jobs.looked).toEqual([
    { state: "failed", looked: 3, of: 3 },
    { state: "completed", looked: 1, of: 1 },
  ]);
  const few = await cli("queue", "mail", "jobs", "--state", "failed", "--scan", "2", "--since", "1h");
  expect(few.stdout).toContain("Looked at 2 of 3 failed. --scan and --limit look further.");
  const none = await json("jobs", "queue", "mail", "jobs", "--state", "failed", "--since", "0s");
  expect(none).toEqual({ jobs: [], looked: [{ state: "failed", looked: 0, of: 0 }] });

  const failed = await json("job", "queue", "mail", "job", jobs.jobs[0]?.id ?? "");
  expect(failed).toMatchObject({
    state: "failed",
    stands: "failed after 1 of 1 attempts",
    error: "timeout after 8 ms",
    data: { to: "user2@acme.example" },
    logs: [`looked at ${jobs.jobs[0]?.id}`],
  });
  expect(failed.stack[0]).toContain("timeout after 8 ms");
  const later = await json("job", "queue", "mail", "job", "later1");
  expect(later.stands).toMatch(/^waits until 20/);

  const { groups, jobs: count } = await json("failures", "queue", "mail", "failures");
  expect(count).toBe(3);
  expect(groups.map(({ error, count }) => `${count} ${error}`)).toEqual([
    "2 timeout after # ms",
    "1 no user #",
  ]);
  expect((await cli("queue", "mail", "failures")).stdout).toContain("3 failed jobs, 2 kinds of error.");

  const { schedulers } = await json("schedulers", "queue", "mail", "schedulers");
  expect(schedulers).toMatchObject([
    { id: "nightly", name: "report", repeats: "0 3 * * *", timezone: "Europe/Berlin", legacy: false },
  ]);
});

test("a repeatable job of BullMQ 5 is told from a scheduler", async () => {
  const five = keep(new Queue5("five", { connection: connection() }));
  await five.add("tick", {}, { repeat: { every: 60_000 } });
  await five.upsertJobScheduler("tock", { every: 60_000 }, { name: "tock" });
  const { schedulers } = await json("schedulers", "queue", "five", "schedulers");
  expect(schedulers.map(({ name, legacy }) => [name, legacy]).sort()).toEqual([
    ["tick", true],
    ["tock", false],
  ]);
});

test("what is not there is said, and where it is", async () => {
  await queueOf("mail", "{shop}").add("send", {});
  expect(await cli("queue", "mail", "stats")).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: There is no queue mail under the prefix bull. It is there under {shop}: add `--prefix '{shop}'`.\n",
  });
  expect(await cli("queue", "post", "stats", "--json")).toMatchObject({
    code: 2,
    stderr:
      '{"error":"There is no queue post under the prefix bull. `redis-topology queues` lists those that are there."}\n',
  });
  expect(await cli("queue", "mail", "job", "77", "--prefix", "{shop}")).toMatchObject({
    code: 1,
    stderr:
      "redis-topology: There is no job 77 in mail: it was removed, by hand or by removeOnComplete or removeOnFail.\n",
  });
});

test("retry runs one job, one kind of error or all again, and says what it skipped and why", async () => {
  const mail = queueOf("mail");
  await withJobs(mail, ["bad 1", "bad 2", "worse"]);
  const { groups } = await json("failures", "queue", "mail", "failures");
  const bad = groups.find(({ error }) => error === "bad #");
  expect(
    await json("outcome", "queue", "mail", "retry", "--error", bad?.id ?? "", "--dry-run"),
  ).toMatchObject({ done: 2, dryRun: true });
  expect(await mail.getFailedCount()).toBe(3);
  expect(await json("outcome", "queue", "mail", "retry", "--error", bad?.id ?? "")).toMatchObject({
    done: 2,
    skipped: 0,
  });
  expect(await mail.getJobCounts("failed", "waiting")).toEqual({ failed: 1, waiting: 2 });
  const waiting = (await mail.getWaiting())[0]?.id ?? "";
  const run = await cli("queue", "mail", "retry", waiting, "nope");
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toBe(
    "0 jobs retried, 2 skipped (1: the job is gone; 1: the job is not failed but waiting).\n",
  );
  expect(await json("outcome", "queue", "mail", "retry", "--all")).toMatchObject({ done: 1 });
  expect(await cli("queue", "mail", "retry")).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: Say which jobs: their ids, or --error ID of `failures`, or --all; one of these.\n",
  });
});

test("promote runs delayed jobs now, and leaves the next run of a scheduler", async () => {
  const mail = queueOf("mail");
  await mail.add("later", {}, { delay: 3_600_000 });
  await mail.upsertJobScheduler("nightly", { pattern: "0 3 * * *" });
  expect(await json("outcome", "queue", "mail", "promote", "--all")).toMatchObject({
    done: 1,
    reasons: { "a scheduler made it for its next run": 1 },
  });
  expect(await mail.getJobCounts("delayed", "waiting")).toEqual({ delayed: 1, waiting: 1 });
});

test("clean asks, keeps the newest, and leaves flows that are not over", async () => {
  const mail = queueOf("mail");
  await withJobs(mail, [null, null, null, null, null]);
  expect(await cli("queue", "mail", "clean", "--state", "completed")).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: This would remove 5 completed jobs of mail. Nobody is there to ask: add --yes to do it, or --dry-run to look first.\n",
  });
  const clean = ["queue", "mail", "clean", "--state"];
  expect((await cli(...clean, "completed", "--keep", "2", "--dry-run")).stdout).toBe(
    "3 jobs would be removed.\n",
  );
  expect(await json("outcome", ...clean, "completed", "--older-than", "1h", "--yes")).toMatchObject({
    done: 0,
  });
  expect(await json("outcome", ...clean, "completed", "--keep", "2", "--yes")).toMatchObject({ done: 3 });
  expect((await mail.getCompleted()).map(({ id }) => id)).toEqual(["5", "4"]);

  const flows = keep(new FlowProducer({ connection: connection() }));
  const { job: parent } = await flows.add({
    name: "parent",
    queueName: "mail",
    children: [{ name: "child", queueName: "mail" }],
  });
  await mail.add("free", {});
  expect(await json("outcome", ...clean, "waiting", "--yes")).toMatchObject({
    done: 1,
    reasons: { "a parent waits for it": 1 },
  });
  expect(await parent.getState()).toBe("waiting-children");
  const drained = await cli("queue", "mail", "drain", "--dry-run");
  expect(drained.stdout).toBe(
    "1 job would be removed (part of flows that are not over: 1: a parent waits for it. BullMQ starts a parent whose last child is removed, or removes it where it is in the same queue; children without a parent run on).\n",
  );
});

test("pause, resume and drain act on the queue, a paused list of BullMQ 5 included", async () => {
  const five = keep(new Queue5("five", { connection: connection() }));
  await five.pause();
  await five.add("old", {});
  expect(await json("paused", "queue", "five", "resume")).toMatchObject({ paused: false, waiting: 1 });
  expect(await five.getJobCounts("waiting", "paused")).toEqual({ waiting: 1, paused: 0 });
  expect(await json("paused", "queue", "five", "pause")).toMatchObject({ paused: true, waiting: 1 });
  await five.add("later", {}, { delay: 60_000 });
  expect(await json("removed", "queue", "five", "drain", "--yes")).toMatchObject({ jobs: 2 - 1 });
  expect(await json("removed", "queue", "five", "drain", "--delayed", "--yes")).toMatchObject({ jobs: 1 });
  expect(await five.getJobCounts("waiting", "paused", "delayed")).toEqual({
    waiting: 0,
    paused: 0,
    delayed: 0,
  });
});

test("obliterate leaves nothing, not even parents that wait; with active jobs it does nothing", async () => {
  const mail = queueOf("mail");
  const flows = keep(new FlowProducer({ connection: connection() }));
  await flows.add({ name: "parent", queueName: "mail", children: [{ name: "child", queueName: "other" }] });
  await withJobs(mail, [null, "bad"]);
  await mail.add("stuck", {});
  const worker = new Worker("mail", null, { connection: connection() });
  const stuck = await worker.getNextJob("token");
  expect(stuck?.name).toBe("stuck");
  expect(await cli("queue", "mail", "obliterate", "--yes")).toMatchObject({
    code: 1,
    stderr:
      "redis-topology: 1 job of mail is active. Stop the workers, or add --force; nothing was removed.\n",
  });
  expect(await mail.isPaused()).toBe(false);
  await worker.close();
  expect(await json("removed", "queue", "mail", "obliterate", "--force", "--yes")).toMatchObject({
    jobs: 4,
    keysLeft: 0,
  });
  expect(await server.admin.keys("bull:mail:*")).toEqual([]);
});

test("a queue of Bull is read, and changed by nothing", async () => {
  await bullQueue();
  expect(await json("stats", "queue", "old")).toMatchObject({ library: "bull", counts: { waiting: 1 } });
  const before = await server.admin.keys("*");
  for (const command of [["retry", "--all"], ["pause"], ["drain", "--yes"], ["obliterate", "--yes"]]) {
    const run = await cli("queue", "old", ...command);
    expect(run).toMatchObject({
      code: 2,
      stderr:
        "redis-topology: old is a queue of Bull, not of BullMQ: they keep delayed jobs, priorities and repeats differently, so that BullMQ would lose some. Change it with Bull; the commands that only read do work.\n",
    });
  }
  expect((await server.admin.keys("*")).sort()).toEqual(before.sort());
});

test("clean works while the server refuses every write for want of memory", async () => {
  const mail = queueOf("mail");
  await withJobs(mail, [null, null, null]);
  await server.admin.config("SET", "maxmemory", "1mb");
  await expect(mail.add("more", {})).rejects.toThrow("OOM");
  expect(await json("outcome", "queue", "mail", "clean", "--state", "completed", "--yes")).toMatchObject({
    done: 3,
  });
});

test("test runs jobs of every kind and leaves nothing", async () => {
  const { ok, steps } = await json("test", "queue", "mail", "test");
  expect(steps.filter((step) => !step.ok)).toEqual([]);
  expect({ ok, count: steps.length }).toEqual({ ok: true, count: 5 });
  expect(await server.admin.keys("*")).toEqual([]);
});

test("test that cannot run says so, and leaves nothing either", async () => {
  const run = await cli("queue", "mail", "test", "--timeout", "0.4");
  expect(run.code).toBe(1);
  expect(await server.admin.keys("*")).toEqual([]);
});

test("every example of docs/cli-queues.md does what it shows", async () => {
  const mail = queueOf("mail");
  await withJobs(mail, [null, null, "timeout after 531 ms", "timeout after 8 ms", "no user 12"]);
  await mail.add("send", { to: "acme" }, { delay: 3_600_000, jobId: "later1" });
  const examples = examplesOf(path.resolve(__dirname, "../../docs/cli-queues.md"));
  expect(examples).toHaveLength(15);
  for (const { args, shown } of examples) {
    const run = await cli(...args);
    expect(run, args.join(" ")).toMatchObject({ code: 0, stderr: "" });
    expect(squeeze(run.stdout), args.join(" ")).toMatch(asShown(shown));
  }
});

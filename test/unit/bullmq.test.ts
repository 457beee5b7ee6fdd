import { describe, expect, test } from "vitest";
import type { BullmqArgs } from "../../components/redis/bullmq";
import { bullmqDefaults, bullmqProblems, ioredisTls } from "../../components/redis/bullmq";
import { describeAll } from "../../components/redis/problems";

test("defaults", () => {
  const defaults = {
    producer: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5000 },
    worker: { enableOfflineQueue: true, maxRetriesPerRequest: null },
    defaultJobOptions: {
      attempts: 3,
      backoff: { type: "exponential", delay: 2000 },
      removeOnComplete: { age: 86_400, count: 1000 },
      removeOnFail: { age: 604_800, count: 5000 },
    },
    workerOptions: {
      lockDuration: 30_000,
      lockRenewTime: 15_000,
      stalledInterval: 30_000,
      maxStalledCount: 1,
    },
  };
  expect(bullmqDefaults()).toEqual(defaults);
  expect(bullmqDefaults({})).toEqual(defaults);
});

test("every override arrives in its place; a worker's connection has only the ready check", () => {
  const all: Required<BullmqArgs> = {
    attempts: 5,
    backoffType: "fixed",
    backoffDelay: 0,
    keepCompletedCount: 0,
    keepCompletedAge: 1,
    keepCompletedForever: false,
    keepFailedCount: 2,
    keepFailedAge: 3,
    keepFailedForever: false,
    lockDuration: 60_000,
    lockRenewTime: 20_000,
    stalledInterval: 5000,
    maxStalledCount: 0,
    producerOfflineQueue: true,
    producerMaxRetries: 0,
    producerCommandTimeout: 800,
    readyCheck: false,
    prefix: "app",
  };
  expect(bullmqDefaults(all)).toEqual({
    producer: {
      enableOfflineQueue: true,
      maxRetriesPerRequest: 0,
      commandTimeout: 800,
      enableReadyCheck: false,
    },
    worker: { enableOfflineQueue: true, maxRetriesPerRequest: null, enableReadyCheck: false },
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: "fixed", delay: 0 },
      removeOnComplete: { count: 0, age: 1 },
      removeOnFail: { age: 3, count: 2 },
    },
    workerOptions: {
      lockDuration: 60_000,
      lockRenewTime: 20_000,
      stalledInterval: 5000,
      maxStalledCount: 0,
    },
  });
});

describe("what becomes of finished jobs", () => {
  test("for ever, in the one form that BullMQ 5 and 6 and Bull 4 take", () => {
    const { removeOnComplete, removeOnFail } = bullmqDefaults({ keepFailedForever: true }).defaultJobOptions;
    expect(removeOnFail).toEqual({ count: -1 });
    expect(removeOnComplete).toEqual({ age: 86_400, count: 1000 });
    expect(bullmqDefaults({ keepCompletedForever: true }).defaultJobOptions.removeOnComplete).toEqual({
      count: -1,
    });
  });

  test("for ever, and a limit", () => {
    const args = {
      keepCompletedForever: true,
      keepCompletedAge: 5,
      keepFailedForever: true,
      keepFailedCount: 0,
    };
    expect(describeAll("t", bullmqProblems(args))).toBe(
      `t: 2 problems
  - queue.bullmq.keepCompletedForever: true beside \`queue.bullmq.keepCompletedAge\`. Allowed: true alone, or limits. Remove one of the two.
  - queue.bullmq.keepFailedForever: true beside \`queue.bullmq.keepFailedCount\`. Allowed: true alone, or limits. Remove one of the two.`,
    );
    expect(bullmqProblems({ ...args, keepCompletedForever: false, keepFailedForever: false })).toEqual([]);
  });
});

test("a producer that waits for Redis has no time limit of its own", () => {
  expect(bullmqDefaults({ producerOfflineQueue: true }).producer).toEqual({
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
  });
});

test("a lock is renewed halfway through, as in BullMQ", () => {
  expect(bullmqDefaults({ lockDuration: 10_000 }).workerOptions.lockRenewTime).toBe(5000);
});

describe("a lock must be renewed before it ends", () => {
  test.each<[BullmqArgs, string[]]>([
    [{}, []],
    [{ lockRenewTime: 29_999 }, []],
    [{ lockRenewTime: 30_000 }, ["30000"]],
    [{ lockDuration: 5000 }, []],
    [{ lockDuration: 5000, lockRenewTime: 15_000 }, ["15000"]],
    [{ lockDuration: 60_000, lockRenewTime: 30_000 }, []],
    [{ lockDuration: 999 }, ["999"]],
    [{ lockDuration: 1000 }, []],
    [{ stalledInterval: 2 ** 31 - 1 }, []],
    [{ stalledInterval: 2 ** 31 }, ["2147483648"]],
    [{ lockDuration: 2 ** 31 }, ["2147483648"]],
    [{ backoffDelay: 2 ** 31 }, ["2147483648"]],
    [{ prefix: "a\0b" }, ["a text of 3 characters"]],
    [{ prefix: "{app}:é" }, []],
  ])("%j", (args, found) => {
    expect(bullmqProblems(args).map(({ was }) => was)).toEqual(found);
  });

  test("without overrides there is nothing to refuse", () => {
    expect(bullmqProblems()).toEqual([]);
  });
});

test("ioredis' TLS option: none, public certificate, private authority", () => {
  expect(ioredisTls({ tls: false })).toBeUndefined();
  expect(ioredisTls({ tls: false, caCertificate: "PEM" })).toBeUndefined();
  expect(ioredisTls({ tls: true })).toEqual({});
  expect(ioredisTls({ tls: true, caCertificate: "PEM" })).toEqual({ ca: "PEM" });
});

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
    removeOnComplete: { count: 0, age: 1 },
    removeOnFail: { count: 2 },
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
      removeOnFail: { count: 2 },
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
  test.each([[true], [false], [{ count: 0 }], [{ age: 60 }], [{ count: 5, age: 60 }]])(
    "%j",
    (removeOnFail) => {
      expect(bullmqProblems({ removeOnFail, removeOnComplete: removeOnFail })).toEqual([]);
      const { removeOnComplete, ...failed } = bullmqDefaults({ removeOnFail }).defaultJobOptions;
      expect(failed).toMatchObject({ removeOnFail });
      expect(removeOnComplete).toEqual({ age: 86_400, count: 1000 });
    },
  );

  test.each([
    ["true", "a text of 4 characters"],
    [7, "a number"],
    [null, "null"],
    [[], "a list of 0 entries"],
    [{}, "an object of 0 keys"],
    [{ count: -1 }, "an object of 1 key"],
    [{ age: 0.5 }, "an object of 1 key"],
    [{ count: "5" }, "an object of 1 key"],
    [{ count: 5, days: 7 }, "an object of 2 keys"],
  ])("not %j", (given, was) => {
    const args = { removeOnComplete: given, removeOnFail: given } as unknown as BullmqArgs;
    const told = (key: string) =>
      `  - queue.bullmq.${key}: ${was}. Allowed: true (removed at once), false (kept for ever), or one or both of \`count\` (jobs) and \`age\` (seconds). Correct the value.`;
    expect(describeAll("t", bullmqProblems(args))).toBe(
      `t: 2 problems\n${told("removeOnComplete")}\n${told("removeOnFail")}`,
    );
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

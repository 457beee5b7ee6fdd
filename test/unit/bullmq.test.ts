import { describe, expect, test } from "vitest";
import type { BullmqArgs } from "../../components/redis/bullmq";
import { bullmqDefaults, bullmqProblems, ioredisTls } from "../../components/redis/bullmq";

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

test("every override arrives in its place; a worker's connection has none", () => {
  const all: Required<BullmqArgs> = {
    attempts: 5,
    backoffType: "fixed",
    backoffDelay: 0,
    keepCompletedCount: 0,
    keepCompletedAge: 1,
    keepFailedCount: 2,
    keepFailedAge: 0,
    lockDuration: 60_000,
    lockRenewTime: 20_000,
    stalledInterval: 5000,
    maxStalledCount: 0,
    producerOfflineQueue: true,
    producerMaxRetries: 0,
    producerCommandTimeout: 800,
    prefix: "app",
  };
  expect(bullmqDefaults(all)).toEqual({
    producer: { enableOfflineQueue: true, maxRetriesPerRequest: 0, commandTimeout: 800 },
    worker: { enableOfflineQueue: true, maxRetriesPerRequest: null },
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: "fixed", delay: 0 },
      removeOnComplete: { age: 1, count: 0 },
      removeOnFail: { age: 0, count: 2 },
    },
    workerOptions: {
      lockDuration: 60_000,
      lockRenewTime: 20_000,
      stalledInterval: 5000,
      maxStalledCount: 0,
    },
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

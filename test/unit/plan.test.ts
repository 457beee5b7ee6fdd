import { describe, expect, test } from "vitest";
import type { TopologyArgs } from "../../components/contract";
import type { RoleGuarantees } from "../../components/redis/guarantees";
import { CACHE_GUARANTEES, kept, lost } from "../../components/redis/guarantees";
import type { BackendTraits } from "../../components/redis/plan";
import { planTopology, rolePlans } from "../../components/redis/plan";
import { describe as describeProblem } from "../../components/redis/problems";

const MI = 1024 ** 2;
const GI = 1024 ** 3;

const traits: BackendTraits = {
  name: "shelf",
  defaultPorts: { cache: 6379, queue: 6380 },
  sharesAddress: true,
  refuses: {},
};
const QUEUE_GUARANTEES: RoleGuarantees = {
  processCrash: kept("It is."),
  redeploy: kept("It is."),
  hostCrash: kept("It is.", 2),
  hostLoss: lost("It is not."),
  zoneLoss: lost("It is not."),
  destroy: kept("It is."),
};
const declared = { cache: CACHE_GUARANTEES, queue: QUEUE_GUARANTEES };

/** Args as a program without types, or a stack file, may give them. */
const plan = (args: unknown, changes: Partial<BackendTraits> = {}) =>
  planTopology({ ...traits, ...changes }, args as TopologyArgs, declared);
const messages = (args: unknown, changes: Partial<BackendTraits> = {}) =>
  plan(args, changes).problems.map(describeProblem);
const fits = (args: TopologyArgs) => {
  expect(messages(args)).toEqual([]);
  return plan(args);
};

test("defaults", () => {
  expect(fits({ cache: {}, queue: {} })).toEqual({
    cache: {
      role: "cache",
      port: 6379,
      maxMemory: 256 * MI,
      memoryLimit: 328_833_434,
      evictionPolicy: "allkeys-lru",
      persists: false,
      directives: [
        ["maxmemory", "268435456"],
        ["maxmemory-policy", "allkeys-lru"],
        ["appendonly", "no"],
        ["save", ""],
      ],
    },
    queue: {
      role: "queue",
      port: 6380,
      maxMemory: 256 * MI,
      memoryLimit: 640 * MI,
      evictionPolicy: "noeviction",
      persists: true,
      directives: [
        ["maxmemory", "268435456"],
        ["maxmemory-policy", "noeviction"],
        ["appendonly", "yes"],
        ["appendfsync", "everysec"],
        ["save", "900", "1"],
        ["save", "300", "10"],
        ["save", "60", "10000"],
      ],
    },
    guarantees: declared,
    problems: [],
  });
});

test("everything given", () => {
  const args: TopologyArgs = {
    cache: {
      maxMemory: "4gb",
      memoryLimit: "4.5Gi",
      port: 1,
      engine: "valkey",
      version: "8.1",
      password: "a",
      previousPassword: "b",
      config: { hz: "20", save: '""' },
      evictionPolicy: "allkeys-random",
    },
    queue: {
      maxMemory: "512Mi",
      memoryLimit: "2Gi",
      port: 65535,
      engine: "redis",
      version: "7.4.1",
      config: { save: "60 1" },
      persistence: { size: "10Gi" },
    },
  };
  expect(fits(args)).toMatchObject({
    cache: {
      port: 1,
      maxMemory: 4 * GI,
      memoryLimit: 4.5 * GI,
      engine: "valkey",
      version: "8.1",
      evictionPolicy: "allkeys-random",
      directives: [
        ["maxmemory", "4294967296"],
        ["maxmemory-policy", "allkeys-random"],
        ["appendonly", "no"],
        ["hz", "20"],
        ["save", ""],
      ],
    },
    queue: { port: 65535, maxMemory: 512 * MI, memoryLimit: 2 * GI, engine: "redis", version: "7.4.1" },
  });
  expect(plan(args).queue?.directives.at(-1)).toEqual(["save", "60", "1"]);
});

test("one role alone, in the order of the roles", () => {
  const onlyQueue = fits({ queue: {} });
  expect(onlyQueue.cache).toBeUndefined();
  expect(onlyQueue.guarantees).toEqual({ queue: QUEUE_GUARANTEES });
  expect(rolePlans(onlyQueue).map(({ role }) => role)).toEqual(["queue"]);
  expect(fits({ cache: {} }).guarantees).toEqual({ cache: CACHE_GUARANTEES });
  expect(rolePlans(fits({ queue: {}, cache: {} })).map(({ role }) => role)).toEqual(["cache", "queue"]);
});

describe("memory", () => {
  test("a limit alone gives the data budget: system A's queue under 1Gi, its cache under 4.5Gi", () => {
    const { cache, queue } = fits({ cache: { memoryLimit: "4.5Gi" }, queue: { memoryLimit: "1Gi" } });
    expect([queue?.maxMemory, queue?.memoryLimit]).toEqual([448 * MI, GI]);
    expect(cache?.maxMemory).toBe(4_362_076_160);
    expect(cache?.maxMemory).toBeGreaterThanOrEqual(4 * GI);
    expect(queue?.directives[0]).toEqual(["maxmemory", "469762048"]);
  });

  test("a limit exactly at the floor fits, one byte less does not", () => {
    expect(fits({ queue: { maxMemory: "512Mi", memoryLimit: "1152Mi" } }).queue?.memoryLimit).toBe(1152 * MI);
    expect(messages({ queue: { maxMemory: "512Mi", memoryLimit: String(1152 * MI - 1) } })).toEqual([
      'queue.memoryLimit: "1207959551". Allowed: at least 2 × 512Mi + 128Mi = 1152Mi, so that Redis refuses writes before the kernel kills it. Raise `queue.memoryLimit`, or lower `queue.maxMemory`.',
    ]);
  });

  test("a limit that holds not even the smallest budget", () => {
    expect(fits({ queue: { memoryLimit: "160Mi" } }).queue?.maxMemory).toBe(16 * MI);
    expect(messages({ queue: { memoryLimit: "159Mi" }, cache: { memoryLimit: "16Mi" } })).toEqual([
      'cache.memoryLimit: "16Mi". Allowed: at least 1.1 × 16Mi + 32Mi = 52009370 bytes, so that Redis refuses writes before the kernel kills it. Raise `cache.memoryLimit`.',
      'queue.memoryLimit: "159Mi". Allowed: at least 2 × 16Mi + 128Mi = 160Mi, so that Redis refuses writes before the kernel kills it. Raise `queue.memoryLimit`.',
    ]);
  });

  test("sizes that are none", () => {
    expect(messages({ cache: { maxMemory: "12 bananas", memoryLimit: "1Pi" } })).toEqual([
      'cache.maxMemory: a text of 10 characters is not a size. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct the size.',
      'cache.memoryLimit: "1Pi" has an unknown unit. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct the size.',
    ]);
  });
});

test("a refused setting shows no password that stands in it", () => {
  const refuses = { config: "the provider sets it" };
  expect(messages({ queue: { config: { requirepass: "hunter2" } } }, { refuses })).toContain(
    "queue.config: given. Allowed: nothing on the shelf backend: the provider sets it. Remove the setting.",
  );
});

test("what a caller from JavaScript gives is refused, not a crash", () => {
  const keys = (queue: unknown) => plan({ queue }).problems.map(({ key, was }) => `${key}: ${was}`);
  expect(keys({ version: { toString: 1 } })).toEqual(["queue.version: an object of 1 key"]);
  expect(keys({ version: 7 })).toEqual(["queue.version: a number"]);
  expect(keys({ maxMemory: 7 })).toEqual(["queue.maxMemory: 7 is not a text"]);
  expect(keys({ config: "requirepass hunter2" })).toEqual(["queue.config: a text of 19 characters"]);
});

describe("refusals", () => {
  test.each<[string, unknown, string]>([
    [
      "no role",
      {},
      "cache, queue: both missing. Allowed: at least one of the two roles. Add `cache: {}` or `queue: {}`; every setting in it has a default.",
    ],
    [
      "one port",
      { cache: { port: 7000 }, queue: { port: 7000 } },
      "cache.port, queue.port: both 7000. Allowed: two different ports, since both roles share one address. Give one of them another port.",
    ],
    [
      "a port that is the other role's default",
      { cache: { port: 6380 }, queue: {} },
      "cache.port, queue.port: both 6380. Allowed: two different ports, since both roles share one address. Give one of them another port.",
    ],
    ...[
      [0, "0"],
      [65536, "65536"],
      [-1, "-1"],
      [6379.5, "6379.5"],
      [Number.NaN, "NaN"],
      ["6379", '"6379"'],
    ].map(([port, was]): [string, unknown, string] => [
      `port ${was}`,
      { queue: { port } },
      `queue.port: ${was}. Allowed: a whole number from 1 to 65535. Choose a free port; the default is 6380.`,
    ]),
    [
      "an unknown engine",
      { cache: { engine: "dragonfly" } },
      "cache.engine: a text of 9 characters. Allowed: redis, valkey. Choose one of these.",
    ],
    ...[
      ["", '""'],
      ["7.4-alpine", "a text of 10 characters"],
      ["latest", "a text of 6 characters"],
      ["7.", '"7."'],
      ["7.4.1.2", '"7.4.1.2"'],
      ["7.4\n", "a text of 4 characters"],
      ["19820512", "a text of 8 characters"],
    ].map(([version, was]): [string, unknown, string] => [
      `version ${JSON.stringify(version)}`,
      { queue: { version } },
      `queue.version: ${was}. Allowed: a version number, such as 7, 7.4 or 7.4.1. Correct the version.`,
    ]),
    [
      "a version with more in it",
      { queue: { version: "7 --port 1" } },
      "queue.version: a text of 10 characters. Allowed: a version number, such as 7, 7.4 or 7.4.1. Correct the version.",
    ],
    [
      "a cache that does not evict",
      { cache: { evictionPolicy: "noeviction" } },
      'cache.evictionPolicy: "noeviction". Allowed: allkeys-lru, allkeys-lfu, allkeys-random. Choose one of these.',
    ],
    [
      "a cache that evicts only keys with a TTL",
      { cache: { evictionPolicy: "volatile-lru" } },
      'cache.evictionPolicy: "volatile-lru". Allowed: allkeys-lru, allkeys-lfu, allkeys-random. Choose one of these.',
    ],
    [
      "a queue that evicts",
      { queue: { evictionPolicy: "allkeys-lru" } },
      'queue.evictionPolicy: "allkeys-lru". Allowed: nothing: a queue is always `noeviction`, since one that evicts loses jobs. Remove the setting; what may be evicted belongs into the cache.',
    ],
    [
      "a cache that persists",
      { cache: { persistence: { size: "1Gi" } } },
      'cache.persistence: {"size":"1Gi"}. Allowed: nothing: a cache persists nothing. Remove it; what must survive belongs into the queue.',
    ],
    [
      "an empty password",
      { cache: { password: "" } },
      "cache.password: empty. Allowed: any text but the empty one, or nothing. Remove the setting to have a password made, or set a secret one.",
    ],
    [
      "an empty previous password",
      { queue: { previousPassword: "" } },
      "queue.previousPassword: empty. Allowed: any text but the empty one, or nothing. Remove the setting to have a password made, or set a secret one.",
    ],
    [
      "a directive of its own setting",
      { queue: { config: { maxmemory: "1gb" } } },
      "queue.config.maxmemory: given. Allowed: any directive but `maxmemory`. Remove it: set `queue.maxMemory` instead.",
    ],
    [
      "a lock that ends before it is renewed",
      { queue: { bullmq: { lockRenewTime: 30_000 } } },
      "queue.bullmq.lockRenewTime: 30000. Allowed: less than `queue.bullmq.lockDuration` (30000), or every lock ends before it is renewed and jobs run twice. Lower it, or remove it for half of `queue.bullmq.lockDuration`.",
    ],
  ])("%s", (_, args, message) => {
    expect(messages(args)).toEqual([message]);
  });

  test("the same port is fine where each role has an address of its own, and `noeviction` on a queue says nothing new", () => {
    expect(messages({ cache: { port: 7000 }, queue: { port: 7000 } }, { sharesAddress: false })).toEqual([]);
    expect(messages({ queue: { evictionPolicy: "noeviction" } })).toEqual([]);
  });

  test("all at once, the cache's before the queue's", () => {
    const args = {
      queue: { port: 0, evictionPolicy: "allkeys-lru", maxMemory: "1", config: { dir: "/" } },
      cache: { port: 0, password: "", engine: "keydb", persistence: {} },
    };
    expect(plan(args).problems.map(({ key }) => key)).toEqual([
      "cache.port",
      "cache.engine",
      "cache.persistence",
      "cache.password",
      "queue.maxMemory",
      "queue.port",
      "queue.evictionPolicy",
      "queue.config.dir",
      ["cache.port", "queue.port"],
    ]);
  });
});

describe("what a backend cannot honour", () => {
  const given = {
    maxMemory: "1gb",
    memoryLimit: "4gb",
    port: 7000,
    engine: "redis",
    version: "7",
    password: "hunter2",
    previousPassword: "hunter1",
    config: { hz: "20" },
    persistence: { size: "1Gi", storageClass: "fast" },
  };
  const reasons = Object.fromEntries(
    [
      ...Object.keys(given).filter((key) => key !== "persistence"),
      "persistence.size",
      "persistence.storageClass",
    ].map((key) => [key, "because"]),
  );

  test("each setting is refused with the backend's reason, secrets unshown", () => {
    expect(messages({ queue: given }, { refuses: reasons })).toEqual([
      "queue.maxMemory: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.memoryLimit: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.port: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.engine: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.version: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.password: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.previousPassword: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.config: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.persistence.size: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
      "queue.persistence.storageClass: given. Allowed: nothing on the shelf backend: because. Remove the setting.",
    ]);
    expect(
      messages({ cache: { evictionPolicy: "allkeys-lfu" } }, { refuses: { evictionPolicy: "no" } }),
    ).toEqual([
      "cache.evictionPolicy: given. Allowed: nothing on the shelf backend: no. Remove the setting.",
    ]);
  });

  test("what is not given is not refused", () => {
    expect(messages({ cache: {}, queue: {} }, { refuses: reasons })).toEqual([]);
  });

  test("a queue that loses jobs in ordinary events needs the loss accepted", () => {
    const losing = { ...declared, queue: { ...QUEUE_GUARANTEES, redeploy: lost("The disk goes with it.") } };
    const problems = (args: TopologyArgs) =>
      planTopology(traits, args, losing).problems.map(({ key }) => key);
    expect(problems({ queue: {} })).toEqual(["queue.acceptDataLoss"]);
    expect(problems({ queue: { acceptDataLoss: false } })).toEqual(["queue.acceptDataLoss"]);
    expect(problems({ queue: { acceptDataLoss: true } })).toEqual([]);
    expect(problems({ cache: {} })).toEqual([]);
  });
});

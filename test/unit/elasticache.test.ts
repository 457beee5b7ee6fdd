import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { physicalName } from "../../components/backends/aws/physicalName";
import { memberOf } from "../../components/backends/elasticache/alarms";
import { policyDrift } from "../../components/backends/elasticache/drift";
import { chooseNode } from "../../components/backends/elasticache/nodes";
import { provider } from "../../components/backends/elasticache/provider";
import { replacements } from "../../components/backends/elasticache/replacement";
import { windowProblems } from "../../components/backends/elasticache/windows";
import type { Problem } from "../../components/redis/problems";
import { ROLES } from "../../components/redis/roles";

describe("physicalName", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 80 });

  test("is a valid replication group id for any project, stack and topology", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.constantFrom("cache", "queue"),
        (texts, role) => {
          const name = physicalName(texts, role, 31);
          expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
          expect(name.length).toBeLessThanOrEqual(31);
          expect(name.endsWith(`-${role}`)).toBe(true);
          expect(physicalName(texts, role, 31)).toBe(name);
        },
      ),
    );
  });

  test("keeps a plain short name, and tells apart what was changed or cut", () => {
    expect(physicalName(["shop", "prod", "redis"], "queue", 31)).toBe("shop-prod-redis-queue");
    const long = "a-project-with-a-very-long-name";
    const names = [["a.b"], ["a_b"], ["A-b"], [`${long}-1`], [`${long}-2`], ["1"], ["2"]].map((texts) =>
      physicalName(texts, "queue", 31),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("chooseNode", () => {
  test("chooses a node whose usable memory holds the data, and no smaller one would", () => {
    const bytes = fc.integer({ min: 16 * 1024 ** 2, max: 300 * 1024 ** 3 });
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), bytes, fc.boolean(), (role, maxMemory, durable) => {
        const chosen = chooseNode(role, maxMemory, { durable }, []);
        expect(chosen?.usable).toBeGreaterThanOrEqual(maxMemory);
        const problems: Problem[] = [];
        const smaller = chooseNode(role, Math.floor(maxMemory / 8), { durable }, problems);
        expect(smaller?.usable ?? 0).toBeLessThanOrEqual(chosen?.usable ?? 0);
        chooseNode(role, (chosen?.usable ?? 0) + 1, { durable, nodeType: chosen?.nodeType }, problems);
        expect(problems).toHaveLength(1);
      }),
    );
  });

  test.each([
    ["queue", 256 * 1024 ** 2, "cache.t4g.micro"],
    ["queue", 256 * 1024 ** 2 + 1, "cache.t4g.small"],
    ["cache", 384 * 1024 ** 2, "cache.t4g.micro"],
    ["cache", 4 * 1024 ** 3, "cache.m7g.large"],
    ["cache", 6 * 1024 ** 3, "cache.r7g.large"],
  ] as const)("a %s of %d bytes goes on %s", (role, maxMemory, nodeType) => {
    expect(chooseNode(role, maxMemory, { durable: false }, [])?.nodeType).toBe(nodeType);
  });
});

test.each([
  ["sun:04:00-sun:05:00", "02:00-03:00", []],
  ["sun:23:30-mon:00:30", "00:30-01:30", []],
  ["sun:23:30-mon:00:30", "00:00-01:00", ["queueGroup.snapshotWindow"]],
  ["mon:05:00-mon:06:00", "23:00-06:00", ["queueGroup.snapshotWindow"]],
  ["sun:04:00-sun:04:59", "02:00-03:00", ["maintenanceWindow"]],
  ["Sun:04:00-Sun:05:00", "2:00-3:00", ["maintenanceWindow", "queueGroup.snapshotWindow"]],
  ["sun:24:00-mon:01:00", "02:00-02:00", ["maintenanceWindow", "queueGroup.snapshotWindow"]],
])("windows %s and %s: problems at %j", (maintenance, snapshot, keys) => {
  const problems = windowProblems(maintenance, { "queueGroup.snapshotWindow": snapshot });
  expect(problems.map(({ key }) => key)).toEqual(keys);
});

test.each([
  [[{ name: "maxmemory-policy", value: "allkeys-lru" }], "allkeys-lru"],
  [[{ name: "timeout", value: "60" }], "no value, and so AWS's default volatile-lru"],
])("a queue's parameter group with %j is named", (now, found) => {
  expect(policyDrift("shop-queue-valkey8", now)).toBe(
    `The parameter group shop-queue-valkey8 has ${found} for maxmemory-policy, and not noeviction: jobs can be evicted. Somebody changed it outside of this program; \`pulumi up --refresh\` puts it right.`,
  );
});

test("a parameter group that evicts nothing, or that AWS says nothing of, is not", () => {
  expect(policyDrift("g", [{ name: "maxmemory-policy", value: "noeviction" }])).toBeUndefined();
  expect(policyDrift("g", [])).toBeUndefined();
  expect(policyDrift("g", undefined)).toBeUndefined();
});

test("an alarm watches a node that the group has; a node too few has a name without data, which is down", () => {
  const members = ["q-003", "q-001"];
  expect([0, 1, 2].map((node) => memberOf(members, "q", node))).toEqual(["q-001", "q-003", "q-missing-3"]);
  expect(memberOf(undefined, "q", 0)).toBe("q-missing-1");
});

describe("what would replace a queue's group", () => {
  const created = {
    role: "queue",
    minorUpgrades: false,
    groupId: "shop-prod-redis-queue",
    port: 6379,
    vpcId: "vpc-1",
    kmsKeyId: "",
    engine: "valkey",
    version: "8.0",
    clustered: false,
    enforced: true,
    groupArn: "arn:group",
    actualVersion: "8.0.1",
    token: "old",
    previousToken: "",
    tokenMade: false,
  } as const;
  const safeWay =
    "Bring up a second stack from a snapshot (`queueGroup.restoreFrom`) and move the applications there; to replace this one and lose its jobs, set `protect: false` and deploy that first.";

  test.each([
    [{ port: 6380 }, "queue.port: 6380. Allowed: 6379, with which the group was created"],
    [
      { kmsKeyId: "arn:k" },
      'kmsKeyId: a text of 5 characters. Allowed: "", with which the group was created',
    ],
    [
      { clustered: true },
      "queueGroup.durability: given. Allowed: nothing, since the group was created without cluster mode, which durability needs",
    ],
    [
      { groupId: "shop-prod2-redis-queue" },
      'name of project, stack or topology: "shop-prod2-redis-queue". Allowed: "shop-prod-redis-queue", with which the group was created',
    ],
    [{ version: "7.2" }, "queue.version: valkey 7.2. Allowed: valkey 8.0 or later; AWS has no way back"],
    [
      { engine: "redis", version: "7.1" } as const,
      "queue.version: redis 7.1. Allowed: valkey 8.0 or later; AWS has no way back",
    ],
  ])("%j is refused with the safe way", async (change, message) => {
    const { failures } = await provider.check(created, { ...created, ...change });
    expect(failures?.map(({ reason }) => reason)).toEqual([`${message}. ${safeWay}`]);
  });

  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const rotate =
    "Give the group's password as `queue.previousPassword` beside the new `queue.password`, deploy, move the applications, and remove it (docs/operations/elasticache.md). `pulumi stack output --show-secrets` shows the one it has.";

  test.each([
    [
      { token: "new" },
      "queue.password: changed, or removed, without `queue.previousPassword`. Allowed: a change in two steps",
    ],
    [
      { token: unknown, tokenMade: true },
      "queue.password: changed, or removed, without `queue.previousPassword`. Allowed: a change in two steps",
    ],
    [
      { token: "new", previousToken: "older" },
      "queue.previousPassword: not the password that the group has. Allowed: that one, so that it stays valid beside the new one",
    ],
  ])("%j would lock clients out, protected or not", async (change, message) => {
    const before = { ...created, enforced: false };
    const { failures } = await provider.check(before, { ...before, ...change });
    expect(failures?.map(({ reason }) => reason)).toEqual([`${message}. ${rotate}`]);
  });

  test.each([
    [{ token: "old" }, { token: "new", previousToken: "old" }],
    [
      { token: "new", previousToken: "old" },
      { token: "new", previousToken: "" },
    ],
    [
      { token: "new", previousToken: "old" },
      { token: "newer", previousToken: "new" },
    ],
    [{ token: "old" }, { token: unknown }],
    [{ tokenMade: true }, { token: "new", tokenMade: false, previousToken: "old" }],
  ])("from %j to %j nobody is locked out", async (before, after) => {
    const { failures } = await provider.check({ ...created, ...before }, { ...created, ...before, ...after });
    expect(failures ?? []).toEqual([]);
  });

  test("leaving cluster mode is refused with the ways that AWS has in place", async () => {
    const { failures } = await provider.check({ ...created, clustered: true }, created);
    expect(failures?.map(({ reason }) => reason)).toEqual([
      `queueGroup.durability: missing. Allowed: sync, async or disabled, between which AWS changes in place; without it the group would leave cluster mode. ${safeWay}`,
    ]);
  });

  test.each([
    ["queue", " from a snapshot (`queueGroup.restoreFrom`)"],
    ["cache", ", a cache is empty there"],
  ] as const)(
    "another VPC is refused for a %s, protected or not: no group follows its firewall",
    async (role, from) => {
      const before = { ...created, role, enforced: false };
      const { failures } = await provider.check(before, { ...before, vpcId: "vpc-2" });
      expect(failures?.map(({ reason }) => reason)).toEqual([
        `vpcId: "vpc-2". Allowed: "vpc-1", in which the ${role}'s group lies: its firewall (security group) would be replaced, the group cannot follow. Bring up a second stack in the other VPC${from}, and move the applications there.`,
      ]);
    },
  );

  test("what AWS raised by itself counts, and not what was asked for", async () => {
    const raised = { ...created, minorUpgrades: true, actualVersion: "8.2.0" };
    const reasons = async (over: object) =>
      (await provider.check(raised, { ...raised, ...over })).failures?.map(({ reason }) => reason);
    expect(await reasons({})).toEqual([]);
    expect(await reasons({ minorUpgrades: false })).toEqual([
      `queue.version: valkey 8.0. Allowed: valkey 8.2 or later; AWS has no way back. ${safeWay}`,
    ]);
    expect(await reasons({ minorUpgrades: false, version: "8.2" })).toEqual([]);
  });

  test("a record of what was only wanted, from before this version, refuses nothing", async () => {
    const { groupArn: _, actualVersion: __, ...wanted } = created;
    const { failures } = await provider.check(wanted as typeof created, { ...created, port: 6380 });
    expect(failures ?? []).toEqual([]);
  });

  test.each([[{ version: "8.2" }], [{ version: "9.0" }], [{ version: "10.0" }]])("%j is not", (change) => {
    expect(replacements(created, { ...created, ...change })).toEqual([]);
  });

  test("an unprotected queue, a first deployment and a value that is still unknown pass", async () => {
    const failures = async (...[olds, news]: Parameters<typeof provider.check>) =>
      (await provider.check(olds, news)).failures ?? [];
    expect(await failures(created, { ...created, port: 1, enforced: false })).toEqual([]);
    expect(await failures(undefined, { ...created, port: 1 })).toEqual([]);
    expect(await failures(created, { ...created, vpcId: unknown })).toEqual([]);
  });

  const withMinorUpgrades =
    "Set `minorUpgrades: false` together with the new version, deploy that, and turn it on again afterwards.";

  test.each([
    ["cache", { version: "9.0" }, "valkey 9.0", "valkey 8"],
    ["queue", { version: "9.0" }, "valkey 9.0", "valkey 8"],
    ["cache", { engine: "redis", version: "7.1" }, "redis 7.1", "valkey 8"],
  ] as const)("a %s that AWS upgrades would ignore %j", async (role, change, was, allowed) => {
    const before = { ...created, role, enforced: false };
    const reasons = async (over: object) =>
      (await provider.check(before, { ...before, ...over })).failures?.map(({ reason }) => reason);
    expect(await reasons({ ...change, minorUpgrades: true })).toEqual([
      `${role}.version: ${was} with \`minorUpgrades: true\`. Allowed: ${allowed}, of which AWS chooses the minor version by itself. ${withMinorUpgrades}`,
    ]);
    expect(await reasons({ ...change, minorUpgrades: false })).toEqual([]);
    expect(await reasons({ version: "8.2", minorUpgrades: true })).toEqual([]);
  });

  test("redis to valkey is in place", () => {
    const redis = { ...created, engine: "redis", version: "7.1" } as const;
    expect(replacements(redis, { ...created, version: "7.2" })).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { envPrefixProblems } from "../../components/planning/envPrefix";
import { describeAll } from "../../components/planning/problems";
import { DEFAULT_ENV_PREFIX, VARIABLES } from "../../components/redis/envPrefix";

const told = (args: Parameters<typeof envPrefixProblems>[0]) => describeAll("t", envPrefixProblems(args));

const NAMES = ["HOST", "PORT", "PASSWORD", "URL", "TLS", "PREFIX", "CA_CERT"];

describe("two roles under the same names are refused", () => {
  test.each([
    ["a queue under the cache's own", { cache: {}, queue: { envPrefix: "REDIS" } }, "REDIS"],
    ["a cache under the queue's own", { cache: { envPrefix: "REDIS_QUEUE" }, queue: {} }, "REDIS_QUEUE"],
    ["both under a third", { cache: { envPrefix: "KV" }, queue: { envPrefix: "KV" } }, "KV"],
  ])("%s", (_, args, prefix) => {
    const names = NAMES.map((name) => `${prefix}_${name}`).join(", ");
    expect(told(args)).toBe(
      `t: 1 problem\n  - cache.envPrefix, queue.envPrefix: both write ${names}. Allowed: names apart, or an application takes one server for the other. Change one of them; without the setting they are REDIS and REDIS_QUEUE.`,
    );
  });

  test("no ending makes two different prefixes meet: there is no overlap in part", () => {
    const tails = VARIABLES.map((name) => `_${name}`);
    const inside = tails.flatMap((tail) => tails.filter((other) => other !== tail && other.endsWith(tail)));
    expect(inside).toEqual([]);
  });

  test.each([
    ["a queue alone under the cache's name", { queue: { envPrefix: "REDIS" } }],
    ["a cache alone under the queue's name", { cache: { envPrefix: "REDIS_QUEUE" } }],
    ["the two swapped", { cache: { envPrefix: "REDIS_QUEUE" }, queue: { envPrefix: "REDIS" } }],
    ["the defaults", { cache: {}, queue: {} }],
    ["the defaults by name", { cache: { envPrefix: "REDIS" }, queue: { envPrefix: "REDIS_QUEUE" } }],
    ["one that goes on where the other ends", { cache: { envPrefix: "REDIS_QUEUE_2" }, queue: {} }],
    ["cases apart", { cache: { envPrefix: "redis" }, queue: { envPrefix: "REDIS" } }],
  ])("but not %s", (_, args) => {
    expect(envPrefixProblems(args)).toEqual([]);
  });
});

describe("a prefix is the beginning of a variable's name", () => {
  test.each(["REDIS", "_x", "a1", "QUEUE__REDIS_", "R".repeat(100)])("%s", (envPrefix) => {
    expect(envPrefixProblems({ cache: { envPrefix } })).toEqual([]);
  });

  test.each([
    ["", '""'],
    ["1REDIS", "a text of 6 characters"],
    ["my-redis", "a text of 8 characters"],
    ["RED IS", "a text of 6 characters"],
    ["REDIS\n", "a text of 6 characters"],
    ["RÉDIS", "a text of 5 characters"],
    ["R".repeat(101), "a text of 101 characters"],
    [["REDIS"], "a list of 1 entry"],
    [null, "null"],
  ])("%j is refused, and described", (envPrefix, was) => {
    const args = { queue: { envPrefix: envPrefix as string } };
    expect(told(args)).toBe(
      `t: 1 problem\n  - queue.envPrefix: ${was}. Allowed: at most 100 letters, digits and \`_\`, no digit first; \`_HOST\`, \`_PORT\` and the others are added to it. Correct it, or remove it for ${DEFAULT_ENV_PREFIX.queue}.`,
    );
  });
});

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { format } from "../../scripts/schema-format";
import { parseSettings } from "../../settings";

const HEADING = "The configuration in Pulumi.dev.yaml (keys under redis-topology:) cannot be used";
const SIZES =
  'a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes)';

function parse(config: Record<string, unknown>, secretKeys: string[] = []) {
  const values = Object.fromEntries(
    Object.entries({ backend: "process", ...config }).map(([key, value]) => [
      key.includes(":") ? key : `redis-topology:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const isSecret = (key: string) => secretKeys.includes(key.replace("redis-topology:", ""));
  return parseSettings({ values, isSecret }, "redis-topology", "dev");
}

/** The message without its heading, a line a problem. */
async function problems(config: Record<string, unknown>, secretKeys?: string[]): Promise<string[]> {
  try {
    await parse(config, secretKeys);
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    const [heading, ...lines] = (error as Error).message.split("\n");
    expect(heading).toBe(`${HEADING}: ${lines.length === 1 ? "1 problem" : `${lines.length} problems`}`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
  return [];
}

describe("what is refused, with its one line", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown backend", { backend: "proces", queue: {} }, 'backend: "proces". Allowed: '],
    [
      "an unknown key",
      { queue: {}, colour: "red" },
      "colour: an unknown key. Allowed: backend, cache, queue, protect, ",
    ],
    [
      "a typo in a role",
      { queue: { maxmemory: "256mb" } },
      "queue.maxmemory: an unknown key. Allowed: enabled, maxMemory, memoryLimit, port, engine, version, password, previousPassword, config, evictionPolicy, persistence, acceptDataLoss, bullmq. Did you mean `maxMemory`?",
    ],
    [
      "both roles missing",
      { cache: { enabled: false } },
      "cache, queue: both missing. Allowed: at least one of the two roles. Add `cache: {}` or `queue: {}`; every setting in it has a default.",
    ],
    [
      "a queue that evicts",
      { queue: { evictionPolicy: "allkeys-lru" } },
      'queue.evictionPolicy: "allkeys-lru". Allowed: nothing: a queue is always `noeviction`, since one that evicts loses jobs. Remove the setting; what may be evicted belongs into the cache.',
    ],
    [
      "a queue that evicts through a directive",
      { queue: { config: { "maxmemory-policy": "volatile-lru" } } },
      'queue.config.maxmemory-policy: "volatile-lru". Allowed: "noeviction". Remove it: a queue that evicts loses jobs.',
    ],
    [
      "a cache with persistence",
      { cache: { persistence: { size: "1Gi" } } },
      'cache.persistence: {"size":"1Gi"}. Allowed: nothing: a cache persists nothing. Remove it; what must survive belongs into the queue.',
    ],
    [
      "a cache with an AOF",
      { cache: { config: { appendonly: "yes" } } },
      'cache.config.appendonly: "yes". Allowed: "no". Remove it: a cache persists nothing.',
    ],
    [
      "a policy that is none",
      { cache: { evictionPolicy: "allkeys-lur" } },
      'cache.evictionPolicy: "allkeys-lur". Allowed: allkeys-lru, allkeys-lfu, allkeys-random. Did you mean `allkeys-lru`?',
    ],
    [
      "a size that is none",
      { queue: { maxMemory: "lots" } },
      `queue.maxMemory: "lots" is not a size. Allowed: ${SIZES}. Correct the size.`,
    ],
    [
      "a size below the floor",
      { queue: { maxMemory: "1mb" } },
      `queue.maxMemory: "1mb" is below 16Mi. Allowed: ${SIZES}. Correct the size.`,
    ],
    [
      "a port that is a word",
      { queue: { port: "http" } },
      'queue.port: "http". Allowed: number. Correct the value.',
    ],
    [
      "a port out of range",
      { queue: { port: 70000 } },
      "queue.port: 70000. Allowed: a whole number from 1 to 65535. Choose a free port; the default is 6380.",
    ],
    [
      "two roles on one port",
      { cache: { port: 7000 }, queue: { port: 7000 } },
      "cache.port, queue.port: both 7000. Allowed: two different ports, since both roles share one address. Give one of them another port.",
    ],
    [
      "an empty password",
      { queue: { password: "" } },
      "queue.password: empty. Allowed: any text but the empty one, or nothing. Remove the setting to have a password made, or set a secret one.",
    ],
    [
      "a password in plain text",
      { queue: { password: "hunter2" } },
      "queue.password: given in plain text. Allowed: a secret. Set it with `pulumi config set --path --secret 'queue.password'`, and change it: this one has been readable.",
    ],
    [
      "a setting that this backend cannot keep",
      { queue: { memoryLimit: "1Gi" } },
      'queue.memoryLimit: "1Gi". Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.',
    ],
    ["a role that is no object", { queue: "yes" }, 'queue: "yes". Allowed: object. Correct the value.'],
  ])("%s", async (_, config, line) => {
    const [first = "", ...rest] = await problems(config);
    expect(first.startsWith(line), `${first}\n should be\n${line}`).toBe(true);
    if (line.endsWith(".")) expect(first).toBe(line);
    expect(rest).toEqual([]);
  });

  test("a near miss of a backend is named", async () => {
    expect((await problems({ backend: "proces", queue: {} }))[0]).toMatch(/ Did you mean `process`\?$/);
  });

  test("a given password is never shown", async () => {
    expect((await problems({ queue: { password: "hunter2", port: "x" } })).join()).not.toContain("hunter2");
    expect(await problems({ queue: { password: 12345678 } }, ["queue"])).toEqual([
      "queue.password: not a text. Allowed: string. Correct the value.",
    ]);
  });

  test("all problems come in one message", async () => {
    expect(await problems({ cache: { maxMemory: "0", port: 0 }, queue: { maxMemory: "-1" } })).toHaveLength(
      3,
    );
  });
});

describe("what is accepted", () => {
  test("roles, with numbers and booleans as YAML gives them", async () => {
    const { backend, args, warnings } = await parse({
      cache: { maxMemory: 268435456 },
      queue: { config: { hz: 20, activerehashing: true, activedefrag: false } },
      protect: false,
      process: { directory: "data" },
    });
    expect({ backend, args, warnings }).toEqual({
      backend: "process",
      args: {
        cache: { maxMemory: "268435456" },
        queue: { config: { hz: "20", activerehashing: "yes", activedefrag: "no" } },
        protect: false,
        directory: "data",
      },
      warnings: [],
    });
  });

  test("a role that is switched off is absent", async () => {
    expect(
      (await parse({ cache: { enabled: false, maxMemory: "1gb" }, queue: { enabled: true } })).args,
    ).toEqual({
      queue: {},
    });
  });

  test("passwords with spaces and quotes, as secrets", async () => {
    const { args } = await parse({ queue: { password: `a "b" 'c' #d` } }, ["queue"]);
    expect(await pulumi.isSecret(pulumi.output(args.queue?.password))).toBe(true);
  });

  test("what is left of another backend has no effect, and the user is told", async () => {
    const { args, warnings } = await parse({ queue: {}, docker: { bind: "0.0.0.0" }, process: {} });
    expect(args).toEqual({ queue: {} });
    expect(warnings).toEqual(["redis-topology:docker has no effect: this stack's backend is `process`."]);
  });

  test("keys of other namespaces are not ours", async () => {
    expect((await parse({ queue: {}, "aws:region": "eu-west-1" })).warnings).toEqual([]);
  });
});

test("files derived from the schema are current (`npm run schema`)", () => {
  const root = resolve(__dirname, "../..");
  for (const [file, text] of Object.entries(format(root))) {
    expect(readFileSync(resolve(root, file), "utf8"), file).toBe(text);
  }
});

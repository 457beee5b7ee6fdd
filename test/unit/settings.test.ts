import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { readStackFile } from "../../config/stackFile";
import { parseSettings, readSettings } from "../../settings";
import { format } from "../../tools/schema-format";
import { record } from "../mocked/harness";

const HEADING = "The configuration in Pulumi.dev.yaml (keys under redis-topology:) cannot be used";
const SIZES =
  'a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes)';

/** A folder of its own with this text as the file of the stack `dev`. */
function folderWith(file: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  if (file !== undefined) writeFileSync(join(folder, "Pulumi.dev.yaml"), file);
  return folder;
}

/** `file` is the stack file's text, where a test has one. */
function parse(config: Record<string, unknown>, secretKeys: string[] = [], file?: string) {
  const values = Object.fromEntries(
    Object.entries({ backend: "process", ...config }).map(([key, value]) => [
      key.includes(":") ? key : `redis-topology:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const isSecret = (key: string) => secretKeys.includes(key.replace("redis-topology:", ""));
  const stackFile = () => readStackFile(folderWith(file), "dev");
  return parseSettings({ values, isSecret, stackFile }, "redis-topology", "dev");
}

/** The message without its heading, a line a problem. */
async function problems(...given: Parameters<typeof parse>): Promise<string[]> {
  try {
    await parse(...given);
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
      "queue.maxmemory: an unknown key. Allowed: enabled, maxMemory, memoryLimit, port, engine, version, password, previousPassword, config, envPrefix, evictionPolicy, persistence, acceptDataLoss, bullmq. Did you mean `queue.maxMemory`?",
    ],
    [
      "a typo in the section of a backend that is not in use",
      { queue: {}, docker: { bnid: "0.0.0.0" } },
      "docker.bnid: an unknown key. Allowed: ",
    ],
    [
      "a list as the section of a backend that is not in use",
      { queue: {}, docker: [] },
      "docker: not an object. Allowed: an object of settings. Correct the value.",
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
      `queue.maxMemory: a text of 4 characters is not a size. Allowed: ${SIZES}. Correct the size.`,
    ],
    [
      "a size below the floor",
      { queue: { maxMemory: "1mb" } },
      `queue.maxMemory: "1mb" is below 16Mi. Allowed: ${SIZES}. Correct the size.`,
    ],
    [
      "a port that is a word",
      { queue: { port: "http" } },
      "queue.port: a text of 4 characters. Allowed: a number. Correct the value.",
    ],
    [
      "a port in quotes",
      { queue: { port: "7391" } },
      'queue.port: "7391". Allowed: a number, without quotes. Correct the value.',
    ],
    [
      "a version without quotes, 7.0 in YAML",
      { queue: { version: 7 } },
      'queue.version: a number. Allowed: a text: put it in quotes, such as "7.0". Correct the value.',
    ],
    [
      "another text without quotes",
      { queue: {}, docker: { image: 7 } },
      "docker.image: a number. Allowed: a text: put it in quotes. Correct the value.",
    ],
    [
      "a boolean in quotes",
      { queue: { enabled: "true" } },
      'queue.enabled: "true". Allowed: true or false, without quotes. Correct the value.',
    ],
    [
      "a number below the least",
      { queue: { bullmq: { attempts: 0 } } },
      "queue.bullmq.attempts: 0. Allowed: at least 1. Correct the value.",
    ],
    [
      "failed jobs kept for ever, and a number of them",
      { queue: { bullmq: { keepFailedForever: true, keepFailedCount: 5 } } },
      "queue.bullmq.keepFailedForever: true beside `queue.bullmq.keepFailedCount`. Allowed: true alone, or limits. Remove one of the two.",
    ],
    [
      "a prefix of variables that no variable can have",
      { queue: { envPrefix: "my-redis" } },
      "queue.envPrefix: a text of 8 characters. Allowed: at most 100 letters, digits and `_`, no digit first; `_HOST`, `_PORT` and the others are added to it. Correct it, or remove it for REDIS_QUEUE.",
    ],
    [
      "a text that is empty",
      { queue: {}, process: { directory: "" } },
      "process.directory: empty. Allowed: a text that is not empty. Remove it, or give it a value.",
    ],
    [
      "a setting without a value",
      { queue: { port: null } },
      "queue.port: empty. Allowed: a number. Remove it, or give it a value.",
    ],
    [
      "a role without a value",
      { cache: "", queue: {} },
      "cache: empty. Allowed: an object of settings. Write `cache: {}` to have the defaults.",
    ],
    [
      "a key set without --path",
      { queue: {}, "queue.maxMemory": "1gb" },
      "queue.maxMemory: an unknown key. Allowed: backend, cache, queue, protect, process, docker, kubernetes, elasticache, external, lightsail. Set it with `pulumi config set --path 'queue.maxMemory' …`, and remove this one with `pulumi config rm queue.maxMemory`.",
    ],
    [
      "a secret set without --path",
      { queue: {}, "queue.password": "hunter2" },
      "queue.password: an unknown key. Allowed: backend, cache, queue, protect, process, docker, kubernetes, elasticache, external, lightsail. Set it with `pulumi config set --path --secret 'queue.password' …`, and remove this one with `pulumi config rm queue.password`.",
    ],
    [
      "an unknown key of a list's entry",
      { queue: {}, lightsail: { app: [{ name: "web", image: "web:1", comand: ["x"] }] } },
      "lightsail.app.0.comand: an unknown key. Allowed: name, image, command, environment, ports. Did you mean `lightsail.app.0.command`?",
    ],
    [
      "a key that every object of JavaScript has",
      { queue: {}, constructor: "x" },
      "constructor: an unknown key. Allowed: backend, cache, queue, protect, process, docker, kubernetes, elasticache, external, lightsail. Remove it.",
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
      "queue.memoryLimit: given. Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.",
    ],
    [
      "a role that is no object",
      { queue: "yes" },
      "queue: not an object. Allowed: an object of settings. Correct the value.",
    ],
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
      "queue.password: not a text. Allowed: a secret text. Set it with `pulumi config set --path --secret 'queue.password'`.",
    ]);
    const url = "rediss://default:hunter2@cache.example:6380";
    const external = { backend: "external", queue: {} };
    expect((await problems({ ...external, external: { queueServer: { url: 123456789 } } }))[0]).toBe(
      "external.queueServer.url: not a text. Allowed: a secret text. Set it with `pulumi config set --path --secret 'external.queueServer.url'`.",
    );
    expect(await problems({ ...external, external: { queueServer: url } }, ["external"])).toEqual([
      "external.queueServer: not an object. Allowed: an object of settings. Correct the value.",
    ]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    [
      "`config` as a text",
      { queue: { config: "requirepass hunter2" } },
      ["queue.config: a text of 19 characters. Allowed: an object. Correct the value."],
    ],
    [
      "a password as a directive's list",
      { queue: { config: { requirepass: ["hunter2"] } } },
      ["queue.config.requirepass: a list of 1 entry. Allowed: a text or a number. Correct the value."],
    ],
    [
      "a password as the port",
      { queue: { port: "hunter2" } },
      ["queue.port: a text of 7 characters. Allowed: a number. Correct the value."],
    ],
    [
      "a password in a cache's persistence",
      { cache: { persistence: { password: "hunter2" } } },
      [
        "cache.persistence: an object of 1 key. Allowed: nothing: a cache persists nothing. Remove it; what must survive belongs into the queue.",
      ],
    ],
    [
      "an object with the names of JavaScript's own methods",
      { queue: { engine: { toString: "x", toJSON: 1 } } },
      ["queue.engine: an object of 2 keys. Allowed: redis, valkey. Correct the value."],
    ],
    [
      "a name that sets a prototype",
      { queue: { config: JSON.parse('{"__proto__":"x"}') } },
      [
        "queue.config.__proto__: an unusable key. Allowed: any name that JavaScript does not keep for itself. Remove it.",
      ],
    ],
    [
      "control characters in a key",
      { queue: {}, "a\x1b[2J": 1 },
      [
        "a\\u{001b}[2J: an unknown key. Allowed: backend, cache, queue, protect, process, docker, kubernetes, elasticache, external, lightsail. Remove it.",
      ],
    ],
  ])("%s", async (_, config, lines) => {
    expect(await problems(config)).toEqual(lines);
  });

  test("5,000 levels are refused", async () => {
    const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
    const kubernetes = `{"context":"c","queueServer":{"affinity":${deep}}}`;
    expect(
      await problems({
        backend: "kubernetes",
        queue: {},
        kubernetes,
      }),
    ).toContain(
      "kubernetes.queueServer.affinity: nested deeper than 32 levels. Allowed: at most 32 levels. Correct the value.",
    );
  });

  test("a wrong entry of a list, or a missing part, hides nothing else", async () => {
    const storage = { recurringJobs: [{ name: "n", task: "backup", cron: "0 2 * * *" }] };
    const kubernetes = { context: "c", storage, network: { clientCidrs: [7] } };
    const lines = await problems({ backend: "kubernetes", queue: { port: 70000 }, kubernetes });
    expect(lines.map((line) => line.split(":")[0])).toEqual([
      "kubernetes.storage.recurringJobs.0.retain",
      "kubernetes.network.clientCidrs.0",
      "queue.port",
    ]);
  });

  test("a wrong entry does not hide another one of its list", async () => {
    const elasticache = {
      vpcId: "vpc-0a1b2c3d",
      subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
      allowedCidrs: [7, "nonsense", false],
    };
    const lines = await problems({ backend: "elasticache", cache: {}, elasticache });
    expect(lines.map((line) => line.split(". ")[0])).toEqual([
      "elasticache.allowedCidrs.0: a number",
      "elasticache.allowedCidrs.2: false",
      "elasticache.allowedCidrs: a text of 8 characters",
    ]);
  });

  test("an encrypted value is never shown, wherever it stands", async () => {
    const url = "rediss://default:hunter2@cache.example:6380";
    const stack = { backend: "external", queue: {}, external: { queueServer: { host: url, password: "p" } } };
    expect(await problems(stack, ["external"])).toEqual([
      "external.queueServer.host: a secret. Allowed: a host name or address, or `external.queueServer.url` instead of all parts. Use the host that the server's provider shows, without scheme, brackets and port.",
    ]);
    const file =
      'config:\n  redis-topology:queue:\n    maxMemory:\n      secure: v1:abc\n    version: "7.x"\n';
    expect(await problems({ queue: { maxMemory: "12 bananas", version: "7.x" } }, ["queue"], file)).toEqual([
      `queue.maxMemory: a secret. Allowed: ${SIZES}. Correct the size.`,
      "queue.version: a text of 3 characters. Allowed: a version number, such as 7, 7.4 or 7.4.1. Correct the version.",
    ]);
  });

  test.each([
    ["docker", { docker: { host: "hunter-two" } }, "docker.host: a secret."],
    [
      "external",
      { external: { queueServer: { host: "hunter two", password: "p" } } },
      "external.queueServer.host: a secret.",
    ],
  ])("an encrypted host on %s, though of letters alone, is in no line", async (backend, section, start) => {
    const file = `config:\n  redis-topology:${backend}:\n    secure: v1:abc\n`;
    const lines = await problems({ backend, queue: {}, ...section }, [backend], file);
    expect(lines.filter((line) => line.startsWith(start))).toHaveLength(1);
    expect(lines.join()).not.toMatch(/hunter/);
  });

  test("an encrypted name of a list's entry is not shown as part of a key either", async () => {
    const storage = { recurringJobs: [{ name: "Hunter2:x", task: "backup", cron: "never", retain: 1 }] };
    const stack = { backend: "kubernetes", queue: {}, kubernetes: { context: "c", storage } };
    const lines = await problems(stack, ["kubernetes"]);
    expect(lines.map((line) => line.split(": ")[0])).toContain("kubernetes.storage.recurringJobs.0.cron");
    expect(lines.join()).not.toContain("Hunter2");
  });

  test("all problems come in one message", async () => {
    expect(await problems({ cache: { maxMemory: "0", port: 0 }, queue: { maxMemory: "-1" } })).toHaveLength(
      3,
    );
  });

  test("a setting of the wrong type is not called missing as well", async () => {
    const elasticache = { vpcId: 7, subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"], allowedCidrs: "all" };
    expect(await problems({ backend: "elasticache", cache: {}, elasticache })).toEqual([
      "elasticache.vpcId: a number. Allowed: a text: put it in quotes. Correct the value.",
      "elasticache.allowedCidrs: a text of 3 characters. Allowed: a list. Correct the value.",
    ]);
  });

  test("what the schema refuses hides nothing that roles, backend and secrets refuse", async () => {
    const cache = { maxMemory: "1mb", maxmemory: "1mb" };
    const queue = { port: "6379", password: "hunter2", memoryLimit: "1Gi" };
    expect(await problems({ cache, queue })).toEqual([
      "cache.maxmemory: an unknown key. Allowed: enabled, maxMemory, memoryLimit, port, engine, version, password, previousPassword, config, envPrefix, evictionPolicy, persistence. Did you mean `cache.maxMemory`?",
      'queue.port: "6379". Allowed: a number, without quotes. Correct the value.',
      "queue.password: given in plain text. Allowed: a secret. Set it with `pulumi config set --path --secret 'queue.password'`, and change it: this one has been readable.",
      `cache.maxMemory: "1mb" is below 16Mi. Allowed: ${SIZES}. Correct the size.`,
      "queue.memoryLimit: given. Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.",
    ]);
  });

  test("a backend that is none hides nothing that every backend refuses", async () => {
    const queue = { port: 0, memoryLimit: "4gb", config: { appendonly: "no" } };
    const lines = await problems({
      backend: "proces",
      cache: { maxMemory: "1mb", evictionPolicy: 3 },
      queue,
    });
    expect(lines.map((line) => line.split(":")[0])).toEqual([
      "backend",
      "cache.evictionPolicy",
      "cache.maxMemory",
      "queue.port",
      "queue.config.appendonly",
    ]);
    expect(await problems({ backend: "proces", queue: { port: "x" } })).toHaveLength(2);
    expect(await problems({ backend: "proces", queue: {} })).toHaveLength(1);
  });
});

describe("a secret beside another one, which Pulumi tells by the whole key only", () => {
  const queue = { password: "hunter2", previousPassword: "hunter1" };
  const given = (password: string) =>
    `config:\n  redis-topology:queue:\n    ${password}\n    previousPassword:\n      secure: v1:abc\n`;

  test("is refused where the stack file has it in plain text", async () => {
    expect(await problems({ queue }, ["queue"], given("password: hunter2"))).toEqual([
      "queue.password: given in plain text. Allowed: a secret. Set it with `pulumi config set --path --secret 'queue.password'`, and change it: this one has been readable.",
    ]);
  });

  test.each([
    ["where both are encrypted", given("password: { secure: v1:def }")],
    ["where the whole key is", "config:\n  redis-topology:queue:\n    secure: v1:abc\n"],
    ["where it comes from an environment, not from the file", given("maxMemory: 1gb")],
    ["where the file is somewhere else", undefined],
    ["where the file has no configuration", "environment: [redis]\n"],
    ["where the file is empty", ""],
    ["where the file is no YAML", "config: ["],
  ])("is accepted %s", async (_, file) => {
    const { args } = await parse({ queue }, ["queue"], file);
    expect(await pulumi.isSecret(pulumi.output(args.queue?.password))).toBe(true);
  });

  test("is looked up in the file of the program's folder", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(folderWith(given("password: hunter2")));
    const config = { "redis-topology:backend": "process", "redis-topology:queue": JSON.stringify(queue) };
    await record(
      () =>
        expect(readSettings()).rejects.toThrow(/: 1 problem\n {2}- queue\.password: given in plain text\./),
      { stack: "dev", config, secretKeys: ["redis-topology:queue"] },
    );
    vi.restoreAllMocks();
  });

  test("the file is left alone when no secret is given", async () => {
    const stackFile = () => Promise.reject(new Error("read"));
    const values = { "redis-topology:backend": "process", "redis-topology:queue": '{"maxMemory":"1gb"}' };
    const raw = { values, isSecret: () => true, stackFile };
    expect((await parseSettings(raw, "redis-topology", "dev")).args).toEqual({ queue: { maxMemory: "1gb" } });
  });
});

describe("what lies outside", () => {
  const kubeconfig = "/nowhere/config";
  const wrongContext =
    "kubernetes.context: a text of 5 characters. Allowed: a context of the file that `kubernetes.kubeconfig` names, which has none or does not exist. Correct `kubernetes.context`, or point `kubernetes.kubeconfig` (or $KUBECONFIG) at the file that has it.";

  /** The problems of this configuration, each on its line, when the program reads it. */
  async function problemsOf(config: Record<string, object>): Promise<string[]> {
    const values = Object.entries(config).map(([key, value]) => [
      `redis-topology:${key}`,
      JSON.stringify(value),
    ]);
    let lines: string[] = [];
    const read = () =>
      readSettings().catch((error: Error) => {
        lines = error.message.split("\n  - ").slice(1);
      });
    const backend = { "redis-topology:backend": "kubernetes" };
    await record(read, { stack: "dev", config: { ...backend, ...Object.fromEntries(values) } });
    return lines;
  }

  test("is told in the one message, with faults of schema, roles and backend", async () => {
    const lines = await problemsOf({
      cache: { maxMemroy: "1gb" },
      queue: { maxMemory: "1mb" },
      kubernetes: { context: "stage", kubeconfig, namespace: "Not_a_label", colour: "red" },
    });
    expect(lines.map((line) => line.split(":")[0])).toEqual([
      "cache.maxMemroy",
      "kubernetes.colour",
      "queue.maxMemory",
      "kubernetes.namespace",
      "kubernetes.context",
    ]);
    expect(lines.at(-1)).toBe(wrongContext);
  });

  test("is not looked for where the section does not say it", async () => {
    const lines = await problemsOf({ queue: {}, kubernetes: { context: "stage", kubeconfig: 3 } });
    expect(lines.map((line) => line.split(":")[0])).toEqual(["kubernetes.kubeconfig"]);
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

test("files derived from the schema are current (`npm run schema`)", async () => {
  const root = resolve(__dirname, "../..");
  const files = await format(root);
  expect(Object.keys(files)).toEqual(["stack-config.schema.json", "Pulumi.yaml"]);
  for (const [file, text] of Object.entries(files)) {
    expect(readFileSync(resolve(root, file), "utf8"), file).toBe(text);
  }
});

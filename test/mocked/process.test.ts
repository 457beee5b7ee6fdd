import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ProcessTopology } from "../../components/backends/process/component";
import { record as recordWith, resolved } from "./harness";
import { subjects } from "./subjects";

const record = <T>(program: () => T) => recordWith(program, { state: subjects.process.state });

const SERVER = "pulumi-nodejs:dynamic/redis-topology:RedisServer";

test("defaults: two servers of this host, passwords made by the provider", async () => {
  const recording = await record(() => new ProcessTopology("redis", { cache: {}, queue: {} }));
  expect(recording.list()).toEqual([
    "redis-topology:index:ProcessTopology redis",
    `${SERVER} redis-cache`,
    `${SERVER} redis-queue`,
  ]);
  expect(recording.get(SERVER, "redis-queue")).toEqual({
    type: SERVER,
    name: "redis-queue",
    custom: true,
    inputs: {
      __provider: "exports.handler = () => require('redis-topology/process-provider').provider;",
      role: "queue",
      owner: "redis-topology/test/redis",
      directory: resolve(".redis-topology/test/queue"),
      host: "127.0.0.1",
      port: 6380,
      persists: true,
      deleteData: false,
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
    options: { parent: "redis", protect: true, additionalSecretOutputs: ["password", "previousPassword"] },
  });
  expect(await resolved(recording.result.queue?.url ?? "")).toBe(
    "redis://default:made-by-the-provider@127.0.0.1:6380",
  );
});

test("overrides: another folder, ports, passwords, directives, and no protection", async () => {
  const recording = await record(
    () =>
      new ProcessTopology("jobs", {
        queue: {
          maxMemory: "1gb",
          port: 7001,
          engine: "valkey",
          version: "8",
          password: "new",
          previousPassword: "old",
          config: { appendfsync: "always", "client-output-buffer-limit": "pubsub 32mb 8mb 60" },
        },
        protect: false,
        directory: "/srv/redis",
        deleteData: true,
      }),
  );
  expect(recording.get(SERVER, "jobs-queue")).toEqual({
    type: SERVER,
    name: "jobs-queue",
    custom: true,
    inputs: {
      __provider: "exports.handler = () => require('redis-topology/process-provider').provider;",
      role: "queue",
      owner: "redis-topology/test/jobs",
      directory: "/srv/redis/queue",
      host: "127.0.0.1",
      port: 7001,
      engine: "valkey",
      version: "8",
      password: { secret: "new" },
      previousPassword: { secret: "old" },
      persists: true,
      deleteData: true,
      directives: [
        ["maxmemory", "1073741824"],
        ["maxmemory-policy", "noeviction"],
        ["appendonly", "yes"],
        ["save", "900", "1"],
        ["save", "300", "10"],
        ["save", "60", "10000"],
        ["appendfsync", "always"],
        ["client-output-buffer-limit", "pubsub", "32mb", "8mb", "60"],
      ],
    },
    options: { parent: "jobs", additionalSecretOutputs: ["password", "previousPassword"] },
  });
  expect(recording.result.guarantees.queue?.destroy).toEqual({
    kept: false,
    lossSeconds: 0,
    detail: "`deleteData` is true.",
    proof: expect.stringMatching(/^test\/live\//),
  });
});

test("supervised: each server with its systemd and limit, and the units' names in the outputs", async () => {
  const recording = await record(
    () =>
      new ProcessTopology("redis", {
        cache: { memoryLimit: "512Mi" },
        queue: { maxMemory: "1gb" },
        directory: "/var/lib/redis",
        supervise: "systemd-user",
      }),
  );
  expect(recording.get(SERVER, "redis-cache").inputs).toMatchObject({
    supervise: "systemd-user",
    memoryLimit: 512 * 1024 * 1024,
  });
  expect(recording.get(SERVER, "redis-queue").inputs).toMatchObject({
    supervise: "systemd-user",
    memoryLimit: (2 * 1024 + 128) * 1024 * 1024,
  });
  const { queueUnit } = (await resolved(recording.result.details ?? {})) as Record<string, string>;
  // Whoever else ends it, systemd starts it again.
  expect(await resolved(recording.result.ways ?? {})).toMatchObject({
    queue: { restart: ["systemctl", "--user", "restart", queueUnit] },
  });
  expect(await resolved(recording.result.details ?? {})).toEqual({
    cacheUnit: expect.stringMatching(/^redis-topology-test-redis-cache-[0-9a-f]{8}\.service$/),
    queueUnit: expect.stringMatching(/^redis-topology-test-redis-queue-[0-9a-f]{8}\.service$/),
  });
});

test("a topology of another name lies in a folder of its own", async () => {
  const recording = await record(() => new ProcessTopology("other", { cache: {} }));
  expect(recording.get(SERVER, "other-cache").inputs.directory).toBe(
    resolve(".redis-topology/test/other/cache"),
  );
});

test("everything wrong with the args is one error, tied to the component", async () => {
  const { result } = await record(() => {
    try {
      new ProcessTopology("redis", {
        cache: { port: 7000, maxMemory: "1kb" },
        queue: { port: 7000, memoryLimit: "1Gi" },
      });
      return "created";
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(result).toBe(
    [
      'The topology "redis" cannot be created: 3 problems',
      '  - cache.maxMemory: "1kb" is below 16Mi. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct the size.',
      "  - queue.memoryLimit: given. Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.",
      "  - cache.port, queue.port: both 7000. Allowed: two different ports, since both roles share one address. Give one of them another port.",
    ].join("\n"),
  );
});

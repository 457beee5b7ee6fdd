import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { ExternalTopologyArgs } from "../../components/backends/external/args";
import { ExternalTopology } from "../../components/backends/external/component";
import { record, refusals, resolved } from "./harness";

const SERVER = "pulumi-nodejs:dynamic/redis-topology:ExternalServer";

const observed = (over: object = {}) => ({
  observed: { server: "redis 7.4.1", clusterMode: false, policy: "noeviction", persistence: "aof", ...over },
});

test("defaults: a URL per role, each server checked, nothing created", async () => {
  const recording = await record(
    () =>
      new ExternalTopology("redis", {
        cache: {},
        queue: {},
        cacheServer: { url: "rediss://cache.example:6381", acceptInsecure: true },
        queueServer: { url: pulumi.secret("rediss://app:p%40ss@queue.example:15000") },
      }),
    { state: () => observed() },
  );
  expect(recording.list()).toEqual([
    "redis-topology:index:ExternalTopology redis",
    `${SERVER} redis-cache`,
    `${SERVER} redis-queue`,
  ]);
  expect(recording.get(SERVER, "redis-queue")).toEqual({
    type: SERVER,
    name: "redis-queue",
    custom: true,
    inputs: {
      __provider: "exports.handler = () => require('redis-topology/external-provider').provider;",
      role: "queue",
      host: "queue.example",
      port: 15000,
      username: "app",
      password: { secret: "p@ss" },
      tls: true,
      preview: false,
    },
    options: { parent: "redis", additionalSecretOutputs: ["password"] },
  });
  const { queue, bullmq } = recording.result;
  expect(await resolved(queue?.url ?? "")).toBe("rediss://app:p%40ss@queue.example:15000");
  expect(await resolved(bullmq?.prefix)).toBeUndefined();
});

test("overrides: parts, a private CA, cluster mode found by the check", async () => {
  const recording = await record(
    () =>
      new ExternalTopology("redis", {
        queue: {},
        queueServer: {
          host: "10.0.0.5",
          port: 7000,
          username: "jobs",
          password: "secret",
          caCertificate: "-----BEGIN CERTIFICATE-----",
        },
      }),
    { state: () => observed({ clusterMode: true }) },
  );
  expect(recording.get(SERVER, "redis-queue").inputs).toMatchObject({
    host: "10.0.0.5",
    port: 7000,
    username: "jobs",
    password: { secret: "secret" },
    tls: true,
    caCertificate: "-----BEGIN CERTIFICATE-----",
  });
  expect(await resolved(recording.result.bullmq?.prefix)).toBe("{bull}");
  expect(await resolved(recording.result.env)).toMatchObject({
    REDIS_QUEUE_PREFIX: "{bull}",
    REDIS_QUEUE_CA_CERT: "-----BEGIN CERTIFICATE-----",
  });
  expect(await resolved(recording.result.bullmq?.worker.tls)).toEqual({ ca: "-----BEGIN CERTIFICATE-----" });
});

test("a check that is turned off asks nothing of a cache, and a queue outside cluster mode has no prefix", async () => {
  const { result } = await record(
    () =>
      new ExternalTopology("redis", {
        cache: {},
        queue: {},
        cacheServer: { url: "redis://localhost:6379" },
        queueServer: { url: "redis://localhost:6380", clusterMode: false },
        checkAtDeploy: false,
      }),
  );
  expect(await resolved(result.bullmq?.prefix)).toBeUndefined();
});

test("a check that is turned off registers no server", async () => {
  const { list, result } = await record(
    () =>
      new ExternalTopology("redis", {
        queue: {},
        queueServer: { url: "redis://localhost:6379", clusterMode: true },
        checkAtDeploy: false,
      }),
  );
  expect(list()).toEqual(["redis-topology:index:ExternalTopology redis"]);
  expect(await resolved(result.queue?.prefix)).toBe("{bull}");
});

const ACCEPT = "or accept the risk with `cacheServer.acceptInsecure: true`.";

test.each<[string, ExternalTopologyArgs, string[]]>([
  [
    "a role without a server",
    { queue: {} },
    [
      "queueServer: missing. Allowed: where the server is. Give `queueServer.url`, or its parts: host, port, password.",
    ],
  ],
  [
    "a server of which nothing is said",
    { queue: {}, queueServer: {} },
    [
      "queueServer.url: missing. Allowed: redis://user:password@host:port or rediss://…, without database and query; or its parts: host, port, username, password, tls. Copy it from the server's provider, and give it as a secret.",
    ],
  ],
  [
    "a server without its role",
    { cache: {}, cacheServer: { url: "redis://localhost" }, queueServer: { url: "redis://localhost" } },
    [
      "queueServer: given without `queue`. Allowed: only together with `queue`. Add `queue: {}`, or remove `queueServer`.",
    ],
  ],
  [
    "no TLS and no password across a network",
    { cache: {}, cacheServer: { url: "redis://cache.example" } },
    [
      `cacheServer.tls: off. Allowed: TLS, since the connection leaves this host. Turn it on at the server's provider, ${ACCEPT}`,
      `cacheServer.password: missing. Allowed: a password, since others reach this host. Give the one that the server's provider shows, as a secret, ${ACCEPT}`,
    ],
  ],
  [
    "a database number",
    { queue: {}, queueServer: { url: "rediss://u:secret@q.example/2" } },
    [
      "queueServer.url: a URL with a database other than 0. Allowed: redis://user:password@host:port or rediss://…, without database and query. Copy it from the server's provider; percent-encode odd characters of the password.",
    ],
  ],
  [
    "a queue that is not asked for its mode, which must be stated then",
    { queue: {}, queueServer: { url: "redis://localhost" }, checkAtDeploy: false },
    [
      "queueServer.clusterMode: missing. Allowed: true or false with `checkAtDeploy: false`: the prefix of BullMQ's keys depends on it, and nothing asks the server. Set it to what the server is; if it was asked before, to true exactly when `prefix` of the stack's `queue` output is there.",
    ],
  ],
  [
    "a setting that only the server's provider can honour",
    { cache: { maxMemory: "1gb" }, cacheServer: { url: "redis://localhost" } },
    [
      "cache.maxMemory: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    ],
  ],
])("refuses %s", async (_, args, problems) => {
  expect(await refusals(() => new ExternalTopology("t", args))).toEqual(problems);
});

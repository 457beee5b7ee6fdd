import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { topologyOutputs } from "../../components/outputs";
import { CACHE_GUARANTEES } from "../../components/planning/guarantees";
import { resolved } from "../mocked/harness";

const server = { host: "127.0.0.1", port: 6379, password: "a b" };
const guarantees = { cache: CACHE_GUARANTEES };

test("a plain server: defaults filled in, secrets marked", async () => {
  const { cache, queue, bullmq, env, ...rest } = topologyOutputs({
    backend: "shelf",
    cache: server,
    args: {},
    guarantees,
  });
  expect(rest).toEqual({ backend: "shelf", guarantees });
  expect([queue, bullmq]).toEqual([undefined, undefined]);
  expect(Object.keys(cache ?? {})).toEqual(["host", "port", "username", "password", "tls", "url"]);
  expect(await resolved(pulumi.output(cache))).toEqual({
    ...server,
    username: "default",
    tls: false,
    url: "redis://default:a%20b@127.0.0.1:6379",
  });
  expect(await resolved(env)).toEqual({
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: "6379",
    REDIS_PASSWORD: "a b",
    REDIS_URL: "redis://default:a%20b@127.0.0.1:6379",
    REDIS_TLS: "false",
  });
});

test("a server that has its address inside containers only says so", async () => {
  const { cache } = topologyOutputs({
    backend: "shelf",
    cache: { ...server, inside: "the containers of api" },
    args: {},
    guarantees,
  });
  expect(await resolved(cache?.inside ?? "")).toBe("the containers of api");
});

test("a server with everything: BullMQ's connections take it over", async () => {
  const { queue, bullmq, env } = topologyOutputs({
    backend: "shelf",
    queue: { ...server, username: "app", tls: true, prefix: "{bull}", caCertificate: "PEM" },
    args: {},
    guarantees: {},
  });
  const connection = {
    host: "127.0.0.1",
    port: 6379,
    username: "app",
    password: "a b",
    tls: { ca: "PEM" },
  };
  expect(await resolved(pulumi.output(bullmq))).toMatchObject({
    producer: { ...connection, enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5000 },
    worker: { ...connection, enableOfflineQueue: true, maxRetriesPerRequest: null },
    prefix: "{bull}",
  });
  expect(await resolved(pulumi.output(queue?.url))).toBe("rediss://app:a%20b@127.0.0.1:6379");
  expect(await pulumi.isSecret(bullmq?.worker.password ?? pulumi.output(""))).toBe(true);
  expect(await pulumi.isSecret(env)).toBe(true);
});

test.each([
  ["a server that needs none", undefined],
  ["a server that asks for one", "{bull}"],
])("a prefix that the stack chooses is the same in every output: %s", async (_, prefix) => {
  const { queue, bullmq, env } = topologyOutputs({
    backend: "shelf",
    queue: { ...server, ...(prefix && { prefix }) },
    args: { queue: { bullmq: { prefix: "{jobs}" } } },
    guarantees: {},
  });
  expect(await resolved(pulumi.output(queue?.prefix))).toBe("{jobs}");
  expect(await resolved(pulumi.output(bullmq?.prefix))).toBe("{jobs}");
  expect((await resolved(env)).REDIS_QUEUE_PREFIX).toBe("{jobs}");
});

test("without a prefix no output has one", async () => {
  const { queue, bullmq, env } = topologyOutputs({
    backend: "shelf",
    queue: server,
    args: {},
    guarantees: {},
  });
  expect(queue).not.toHaveProperty("prefix");
  expect(bullmq).not.toHaveProperty("prefix");
  expect(await resolved(env)).not.toHaveProperty("REDIS_QUEUE_PREFIX");
});

test("a role's variables are called as the stack says, and its endpoint tells how", async () => {
  const { cache, queue, env } = topologyOutputs({
    backend: "shelf",
    cache: server,
    queue: { ...server, prefix: "{bull}", caCertificate: "PEM" },
    args: { cache: { envPrefix: "APP_CACHE" }, queue: { envPrefix: "REDIS" } },
    guarantees: {},
  });
  expect([cache?.envPrefix, queue?.envPrefix]).toEqual(["APP_CACHE", "REDIS"]);
  expect(Object.keys(await resolved(env))).toEqual([
    "APP_CACHE_HOST",
    "APP_CACHE_PORT",
    "APP_CACHE_PASSWORD",
    "APP_CACHE_URL",
    "APP_CACHE_TLS",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_PASSWORD",
    "REDIS_URL",
    "REDIS_TLS",
    "REDIS_PREFIX",
    "REDIS_CA_CERT",
    "REDIS_BULLMQ",
  ]);
});

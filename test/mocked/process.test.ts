import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ProcessTopology } from "../../components/backends/process/topology";
import { record, resolved } from "./harness";

const SERVER = "pulumi-nodejs:dynamic/redis-topology:RedisServer";

test("defaults: two servers of this host, passwords made by the provider", async () => {
  const recording = await record(() => new ProcessTopology("redis", { cache: {}, queue: {} }), {
    state: () => ({ password: "made", server: "redis 7.0.15" }),
  });
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
  expect(await resolved(recording.result.queue?.url ?? "")).toBe("redis://default:made@127.0.0.1:6380");
});

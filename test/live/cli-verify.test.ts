import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import * as path from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { applyOverrides } from "../../cli/src/endpointOverride";
import { UserError } from "../../cli/src/errors";
import type { StackOutputs } from "../../cli/src/outputs";
import { verifyTopology } from "../../cli/src/verifyTopology";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { connectionUrl } from "../../components/redis/connection";
import type { Directive } from "../../components/redis/roles";
import type { Server } from "./cli-helpers";
import {
  freePort,
  LOSSY_GUARANTEES,
  outputsOf,
  PASSWORD,
  startServer,
  stopServers,
  troubles,
} from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(stopServers);

const found = async (outputs: StackOutputs) => troubles(await verifyTopology(outputs));
const ofQueue = async (server: Server) => found(outputsOf({ queue: server.endpoint }));
const ofCache = async (server: Server) => found(outputsOf({ cache: server.endpoint }));
const NOPERM = (command: string) => `NOPERM this user has no permissions to run the '${command}' command`;

test("a right pair passes every check, and no key is left", async () => {
  const [cache, queue] = await Promise.all([startServer("cache"), startServer("queue")]);
  const results = await verifyTopology(outputsOf({ cache: cache.endpoint, queue: queue.endpoint }));
  const version = /redis_version:(\S+)/.exec(await queue.admin.info("server"))?.[1];
  const row = (check: string, found: string, expected: string) => ({
    check,
    result: "pass",
    found,
    expected,
  });
  const both = (server: Server) => [
    row("reachable", `127.0.0.1:${server.endpoint.port}`, "a Redis server"),
    row("anonymous refused", "NOAUTH", "NOAUTH"),
    row("wrong password refused", "WRONGPASS", "WRONGPASS"),
    row("authenticated", "as default", "the password of the outputs is accepted"),
    row("PING", "PONG", "PONG"),
    row("SET/GET", "the value set", "the value set"),
    row("TTL", "set, and the key expired", "set, and the key expires"),
    row("loading", "no", "no"),
    row("version", `redis ${version}`, "at least 6.2"),
  ];
  expect(results).toEqual([
    ...[
      ...both(cache),
      row("evicted keys", "0", "any"),
      row("policy", "allkeys-lru", "allkeys-lru, allkeys-lfu, allkeys-random"),
      row("maxmemory", "64Mi", "set"),
      row("AOF", "no", "no"),
      row("RDB schedule", "none", "none"),
    ].map((result) => ({ role: "cache", ...result })),
    ...[
      ...both(queue),
      row("evicted keys", "0", "0"),
      row("AOF last write", "ok", "ok"),
      row("AOF last rewrite", "ok", "ok"),
      row("RDB last save", "ok", "ok"),
      row("policy", "noeviction", "noeviction"),
      row("maxmemory", "64Mi", "set"),
      row("AOF", "yes", "yes"),
      row("RDB schedule", "900 1 300 10 60 10000", "a schedule"),
      row(
        "BullMQ job",
        "added, processed, result seen, no key left",
        "added, processed, result seen, no key left",
      ),
    ].map((result) => ({ role: "queue", ...result })),
  ]);
  expect(await cache.admin.keys("*")).toEqual([]);
  expect(await queue.admin.keys("*")).toEqual([]);
});

test.each<[what: string, directives: Directive[], expected: string[][]]>([
  ["evicts", [["maxmemory-policy", "allkeys-lru"]], [["policy", "fail", "allkeys-lru"]]],
  ["evicts what has a TTL", [["maxmemory-policy", "volatile-ttl"]], [["policy", "fail", "volatile-ttl"]]],
  ["has no maxmemory", [["maxmemory", "0"]], [["maxmemory", "fail", "no limit"]]],
  ["has no RDB schedule", [["save", ""]], [["RDB schedule", "fail", "none"]]],
  [
    "has no AOF",
    [["appendonly", "no"]],
    [
      ["AOF last write", "skip", "AOF is off"],
      ["AOF last rewrite", "skip", "AOF is off"],
      ["AOF", "fail", "no"],
    ],
  ],
])("a queue fails that %s", async (_what, directives, expected) => {
  expect(await ofQueue(await startServer("queue", { directives }))).toEqual(expected);
});

test.each<[what: string, directives: Directive[], expected: string[][]]>([
  ["never evicts", [["maxmemory-policy", "noeviction"]], [["policy", "fail", "noeviction"]]],
  [
    "evicts only what has a TTL",
    [["maxmemory-policy", "volatile-lru"]],
    [["policy", "fail", "volatile-lru"]],
  ],
  ["has no maxmemory", [["maxmemory", "0"]], [["maxmemory", "fail", "no limit"]]],
  ["has an AOF", [["appendonly", "yes"]], [["AOF", "fail", "yes"]]],
  ["has an RDB schedule", [["save", "900", "1"]], [["RDB schedule", "fail", "900 1"]]],
])("a cache fails that %s", async (_what, directives, expected) => {
  expect(await ofCache(await startServer("cache", { directives }))).toEqual(expected);
});

test("a queue that promises nothing for a crash is not judged by its persistence", async () => {
  const server = await startServer("queue", {
    directives: [
      ["appendonly", "no"],
      ["save", ""],
    ],
  });
  const why = "a queue here need not have it; guarantees.queue.processCrash: lost (No disk.)";
  expect(await found(outputsOf({ queue: server.endpoint }, LOSSY_GUARANTEES))).toEqual([
    ["AOF last write", "skip", "AOF is off"],
    ["AOF last rewrite", "skip", "AOF is off"],
    ["AOF", "skip", why],
    ["RDB schedule", "skip", why],
  ]);
});

test("a server that lets anyone in fails", async () => {
  expect(await ofCache(await startServer("cache", { open: true }))).toEqual([
    ["anonymous refused", "fail", "served without a password"],
    ["wrong password refused", "fail", "served with a wrong password"],
  ]);
});

test("a wrong password in the outputs fails, and the rest is skipped", async () => {
  const { endpoint } = await startServer("cache");
  const results = await found(outputsOf({ cache: { ...endpoint, password: "another" } }));
  expect(results[0]).toEqual([
    "authenticated",
    "fail",
    "WRONGPASS invalid username-password pair or user is disabled.",
  ]);
  expect(results.slice(1)).toEqual(
    [
      "PING",
      "SET/GET",
      "TTL",
      "loading",
      "version",
      "evicted keys",
      "policy",
      "maxmemory",
      "AOF",
      "RDB schedule",
    ].map((check) => [check, "skip", "not authenticated"]),
  );
});

test("a dead port fails once, and the rest is skipped", async () => {
  const { endpoint } = await startServer("queue");
  const port = await freePort();
  const results = await verifyTopology(outputsOf({ queue: { ...endpoint, port } }));
  expect(results).toHaveLength(18);
  expect(results[0]).toEqual({
    role: "queue",
    check: "reachable",
    result: "fail",
    found: `connect ECONNREFUSED 127.0.0.1:${port}`,
    expected: "a Redis server",
  });
  expect(new Set(results.slice(1).map(({ result, why }) => `${result}: ${why}`))).toEqual(
    new Set(["skip: not reachable"]),
  );
});

test("a server that hangs fails when the time is up", async () => {
  const { endpoint, process } = await startServer("cache");
  process.kill("SIGSTOP");
  const results = troubles(await verifyTopology(outputsOf({ cache: endpoint }), { timeoutMs: 300 }));
  expect(results).toHaveLength(14);
  expect(results[0]).toEqual(["reachable", "fail", "no answer within 0.3 s"]);
  expect(results[13]).toEqual(["RDB schedule", "skip", "no answer within 0.3 s"]);
});

test("without CONFIG the settings are read from INFO, and what INFO lacks is skipped", async () => {
  const skipped = ["RDB schedule", "skip", `CONFIG GET save: ${NOPERM("config|get")}; INFO does not show it`];
  expect(await ofQueue(await startServer("queue", { acl: "-config" }))).toEqual([skipped]);
  expect(await ofCache(await startServer("cache", { acl: "-config" }))).toEqual([skipped]);
});

test("without CONFIG an evicting queue, no maxmemory and a missing AOF still fail", async () => {
  const directives: Directive[] = [
    ["maxmemory-policy", "allkeys-lru"],
    ["maxmemory", "0"],
    ["appendonly", "no"],
  ];
  const results = await ofQueue(await startServer("queue", { acl: "-config", directives }));
  expect(results.filter(([, result]) => result === "fail")).toEqual([
    ["policy", "fail", "allkeys-lru"],
    ["maxmemory", "fail", "no limit"],
    ["AOF", "fail", "no"],
  ]);
});

test("a policy that nothing shows is a failure, everything else unseen is skipped", async () => {
  const results = await ofCache(await startServer("cache", { acl: "-config -info" }));
  const config = (name: string) => `CONFIG GET ${name}: ${NOPERM("config|get")}`;
  const info = (name: string) => `INFO ${name}: ${NOPERM("info")}`;
  expect(results).toEqual([
    ["loading", "skip", info("loading")],
    ["version", "skip", info("redis_version")],
    ["evicted keys", "skip", info("evicted_keys")],
    ["policy", "fail", `unknown (${config("maxmemory-policy")}; ${info("maxmemory_policy")})`],
    ["maxmemory", "skip", `${config("maxmemory")}; ${info("maxmemory")}`],
    ["AOF", "skip", `${config("appendonly")}; ${info("aof_enabled")}`],
    ["RDB schedule", "skip", `${config("save")}; INFO does not show it`],
  ]);
});

test.each([
  ["PING", "-ping", NOPERM("ping")],
  ["SET/GET", "-get", NOPERM("get")],
  ["TTL", "-pttl", NOPERM("pttl")],
])("%s fails when the user may not do it", async (check, acl, message) => {
  expect(await ofCache(await startServer("cache", { acl }))).toEqual([[check, "fail", message]]);
});

test("a queue that has evicted fails, a cache does not", async () => {
  const evict = async ({ admin }: Server, policy: string) => {
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    await admin.set("filler", "x".repeat(1 << 20));
    await admin.config("SET", "maxmemory", "1mb");
    await admin.set("last", "x").catch(() => undefined);
    await admin.config("SET", "maxmemory", "64mb");
    await admin.config("SET", "maxmemory-policy", policy);
    return /evicted_keys:(\d+)/.exec(await admin.info("stats"))?.[1] ?? "";
  };
  const [cache, queue] = await Promise.all([startServer("cache"), startServer("queue")]);
  await evict(cache, "allkeys-lru");
  const count = await evict(queue, "noeviction");
  expect(Number(count)).toBeGreaterThan(0);
  expect(await ofQueue(queue)).toEqual([["evicted keys", "fail", count]]);
  expect(await ofCache(cache)).toEqual([]);
});

test("a full queue refuses writes", async () => {
  const server = await startServer("queue");
  await server.admin.set("filler", "x".repeat(1 << 20));
  await server.admin.config("SET", "maxmemory", "1mb");
  const oom = "OOM command not allowed when used memory > 'maxmemory'.";
  const results = await ofQueue(server);
  expect(results.map(([check, result]) => [check, result])).toEqual([
    ["SET/GET", "fail"],
    ["TTL", "fail"],
    ["BullMQ job", "fail"],
  ]);
  expect(results[0]?.[2]).toBe(oom);
  expect(results[2]?.[2]).toContain("OOM");
  expect(await server.admin.keys("*")).toEqual(["filler"]);
});

test("a snapshot that failed fails, and so do the writes that Redis refuses because of it", async () => {
  const server = await startServer("queue");
  mkdirSync(path.join(server.folder, "dump.rdb"));
  await server.admin.set("key", "x");
  await server.admin.bgsave();
  await vi.waitFor(async () => {
    expect(await server.admin.info("persistence")).toContain("rdb_last_bgsave_status:err");
  }, 20_000);
  const results = await ofQueue(server);
  expect(results.map(([check, result]) => [check, result])).toEqual([
    ["PING", "fail"],
    ["SET/GET", "fail"],
    ["TTL", "fail"],
    ["RDB last save", "fail"],
    ["BullMQ job", "fail"],
  ]);
  expect(results[3]?.[2]).toBe("err");
  for (const index of [0, 1, 2, 4]) expect(results[index]?.[2]).toContain("MISCONF");
});

test("a server that is still loading fails", async () => {
  const first = await startServer("cache");
  // Random text, which the snapshot cannot compress: Redis answers between keys only every 1024 bytes.
  for (let key = 0; key < 1000; key++) await first.admin.set(`key-${key}`, randomBytes(1024).toString("hex"));
  await first.admin.save();
  await first.kill();
  const slow: Directive[] = [
    ["key-load-delay", "20000"],
    ["loading-process-events-interval-bytes", "1024"],
  ];
  const second = await startServer("cache", { folder: first.folder, directives: slow });
  const results = await ofCache(second);
  const loading = "LOADING Redis is loading the dataset in memory";
  expect(results).toEqual([
    ["PING", "fail", loading],
    ["SET/GET", "fail", loading],
    ["TTL", "fail", loading],
    ["loading", "fail", "the data is still being loaded"],
  ]);
});

test("a job that no worker takes fails when the time is up, and no key is left", async () => {
  const [queue, other] = await Promise.all([startServer("queue"), startServer("queue")]);
  const outputs = outputsOf({ queue: queue.endpoint });
  const { bullmq } = outputs;
  if (!bullmq) throw new Error("no bullmq");
  const apart = { ...bullmq, worker: { ...bullmq.worker, port: other.endpoint.port } };
  const results = troubles(await verifyTopology({ ...outputs, bullmq: apart }, { timeoutMs: 3000 }));
  expect(results).toEqual([["BullMQ job", "fail", "no answer within 3 s"]]);
  expect(await queue.admin.keys("*")).toEqual([]);
});

test("a stack that removes completed jobs at once is verified all the same, over a slow way too", async () => {
  const queue = await startServer("queue");
  const outputs = outputsOf({ queue: queue.endpoint });
  const overrides = { keepCompletedCount: 0, keepFailedForever: true, readyCheck: false };
  const { defaultJobOptions, producer } = bullmqDefaults(overrides);
  if (!outputs.bullmq) throw new Error("no bullmq");
  // The worker is done long before the producer's next question arrives.
  const slow = createServer((client) => {
    const upstream = connect(queue.endpoint.port, "127.0.0.1");
    client.on("data", (sent) => setTimeout(() => upstream.write(sent), 100));
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => client.destroy()).pipe(client);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void slow.close());
  await once(slow, "listening");
  const { port } = slow.address() as AddressInfo;
  const bullmq = {
    ...outputs.bullmq,
    defaultJobOptions,
    producer: { ...outputs.bullmq.producer, ...producer, port },
  };
  expect(await found({ ...outputs, bullmq })).toEqual([]);
  expect(await queue.admin.keys("*")).toEqual([]);
});

test("a worker that may not fetch jobs fails with the server's words, and no key is left", async () => {
  const server = await startServer("queue", { acl: "-bzpopmin" });
  expect(await ofQueue(server)).toEqual([["BullMQ job", "fail", NOPERM("bzpopmin")]]);
  expect(await server.admin.keys("*")).toEqual([]);
});

test("a password in the server's own words is masked", async () => {
  // Like a server that knows no AUTH and quotes what it was sent.
  const parrot = createServer((socket) => {
    socket.setEncoding("utf8").on("data", (sent: string) => {
      const words = sent.split(/\r\n/).filter((line) => line !== "" && !/^[*$]\d+$/.test(line));
      socket.write(`-ERR unknown: ${words.join(" ")}\r\n`.repeat(sent.match(/^\*\d+\r$/gm)?.length ?? 0));
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void parrot.close());
  await once(parrot, "listening");
  const { port } = parrot.address() as AddressInfo;
  const login = { host: "127.0.0.1", port, username: "default", password: PASSWORD, tls: false };
  const endpoint = { ...login, url: connectionUrl(login), prefix: undefined, caCertificate: undefined };
  const results = await found(outputsOf({ cache: endpoint }));
  expect(results.find(([check]) => check === "authenticated")?.[2]).toContain("default ***");
  expect(JSON.stringify(results)).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
});

test("an address that exists inside containers only: whoever has it here is sent nothing, until another is named", async () => {
  const cache = await startServer("cache");
  let connections = 0;
  const neighbour = createServer(() => connections++).listen(0, "127.0.0.1");
  onTestFinished(() => void neighbour.close());
  await once(neighbour, "listening");
  const { port } = neighbour.address() as AddressInfo;
  const inside = 'the containers of the service "api" (docs, "From inside")';
  const login = { host: "localhost", port, username: "default", password: PASSWORD, tls: false };
  const queue = { ...login, url: connectionUrl(login), prefix: undefined, caCertificate: undefined, inside };
  const outputs = outputsOf({ cache: cache.endpoint, queue });
  await expect(verifyTopology(outputs)).rejects.toThrow(
    new UserError(
      `localhost:${port} is the server only inside ${inside}. Here it would be another one, and be sent the password; nothing was connected. Run the check there, or name an address that leads there: \`--endpoint ROLE=HOST:PORT\`.`,
    ),
  );
  expect([connections, await cache.admin.info("stats")]).toEqual([
    0,
    expect.stringContaining("total_connections_received:1\r\n"),
  ]);
  const server = await startServer("queue");
  const tunnel = { role: "queue" as const, host: "127.0.0.1", port: server.endpoint.port };
  expect(troubles(await verifyTopology(applyOverrides(outputs, [tunnel])))).toEqual([]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { Queue, QueueEvents, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TestTopologyOptions } from "../../components/client";
import { cacheOptions, failFast, queueOptions, testTopology, workerOptions } from "../../components/client";
import { missing } from "./require";
import { withRedis } from "./servers";

const soon = { timeout: 20_000 };

describe.skipIf(missing("redis"))("testTopology", () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const close of closing.splice(0).reverse()) await close();
  });

  const open = async (options?: TestTopologyOptions) => {
    const topology = await testTopology(options);
    closing.push(() => topology.close());
    return topology;
  };

  test("has a queue that a worker works off", async () => {
    const { env } = await open({ bullmq: { attempts: 1, prefix: "{shop}" } });
    const queue = failFast(new Queue<{ to: string }>("mail", queueOptions(env)));
    const worker = new Worker("mail", async (job) => `sent to ${job.data.to}`, workerOptions(env));
    const events = new QueueEvents("mail", workerOptions(env));
    closing.push(() => Promise.all([queue, worker, events].map((one) => one.close())));
    await events.waitUntilReady();
    const job = await queue.add("send", { to: "ada@example.com" });
    expect(job.opts.attempts).toBe(1);
    expect(await job.waitUntilFinished(events)).toBe("sent to ada@example.com");
    const keys = await withRedis(login(env, "REDIS_QUEUE"), (redis) => redis.keys("*"));
    expect(keys.filter((key) => !key.startsWith("{shop}:mail"))).toEqual([]);
  });

  test("is under the names of the stack", async () => {
    const { env } = await open({ cache: { envPrefix: "KV" }, queue: { envPrefix: "REDIS" } });
    expect(await settings(env, "KV")).toMatchObject({ "maxmemory-policy": "allkeys-lru" });
    expect(await settings(env, "REDIS")).toMatchObject({ "maxmemory-policy": "noeviction" });
    await expect(testTopology({ queue: { envPrefix: "REDIS" } })).rejects.toThrow(
      "The test topology cannot be started: 1 problem\n  - cache.envPrefix, queue.envPrefix: both write REDIS_HOST, ",
    );
  });

  test("has a cache that evicts, and a queue that refuses and persists", async () => {
    const { env } = await open({ maxMemory: "20mb" });
    const cache = new Redis({ ...cacheOptions(env), enableOfflineQueue: true });
    closing.push(() => cache.disconnect());
    await cache.set("page", "cached");
    expect(await cache.get("page")).toBe("cached");
    expect(await settings(env, "REDIS")).toMatchObject({
      "maxmemory-policy": "allkeys-lru",
      maxmemory: String(20 * 1024 * 1024),
      appendonly: "no",
    });
    expect(await settings(env, "REDIS_QUEUE")).toMatchObject({
      "maxmemory-policy": "noeviction",
      appendonly: "yes",
    });
  });

  test("is one's own: two share nothing, and a stranger has no password", async () => {
    const [one, other] = await Promise.all([open(), open()]);
    await withRedis(login(one.env, "REDIS"), (redis) => redis.set("mine", "yes"));
    expect(await withRedis(login(other.env, "REDIS"), (redis) => redis.get("mine"))).toBeNull();
    const stranger = withRedis({ port: Number(one.env.REDIS_PORT) }, (redis) => redis.get("mine"));
    await expect(stranger).rejects.toThrow("NOAUTH");
  });

  test("leaves nothing when it is closed", async () => {
    const topology = await testTopology();
    const folders = await foldersOf(topology.env);
    expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
    await topology.close();
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
    await expect(withRedis(login(topology.env, "REDIS"), (redis) => redis.ping())).rejects.toThrow(
      "ECONNREFUSED",
    );
  });

  test.each(["SIGKILL", "SIGINT"] as const)("leaves nothing when its process ends by %s", async (signal) => {
    const { child, env } = await startProgram("setInterval(() => {}, 1000);");
    const folders = await foldersOf(env);
    process.kill(-(child.pid ?? 0), signal);
    await expect.poll(() => folders.map((folder) => existsSync(folder)), soon).toEqual([false, false]);
    await expect(withRedis(login(env, "REDIS_QUEUE"), (redis) => redis.ping())).rejects.toThrow(
      "ECONNREFUSED",
    );
  });

  test("holds no process that forgets to close it", async () => {
    const { child, ended } = await startProgram("");
    expect(await ended).toEqual([0, null]);
    expect(child.exitCode).toBe(0);
  });

  test("says what to install where there is no server", async () => {
    vi.stubEnv("PATH", path.join(__dirname, "nowhere"));
    await expect(testTopology()).rejects.toThrow(
      "No usable server on this host: looked for redis-server and valkey-server on PATH, found none;",
    );
  });

  test("refuses what a stack would refuse", async () => {
    await expect(testTopology({ maxMemory: "12 bananas", bullmq: { lockDuration: 1 } })).rejects.toThrow(
      new Error(
        [
          "The test topology cannot be started: 2 problems",
          '  - maxMemory: a text of 10 characters is not a size. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct it, or remove it for 64mb.',
          "  - queue.bullmq.lockDuration: 1. Allowed: at least 1000 ms, or locks end before a worker can renew them and jobs run twice. Raise it, or remove it for 30000; mind the unit: milliseconds.",
        ].join("\n"),
      ),
    );
  });

  /** A program in a group of its own, as a terminal has it, that starts a topology and goes on with `rest`. */
  const startProgram = async (rest: string) => {
    const program = `
      const { testTopology } = require("../../components/client");
      testTopology().then(({ env }) => { console.log(JSON.stringify(env)); ${rest} });
    `;
    const child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
      cwd: __dirname,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    closing.push(() => child.kill("SIGKILL"));
    const ended = once(child, "exit");
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await expect.poll(() => output, soon).toMatch(/\n$/);
    return { child, ended, env: JSON.parse(output) as Record<string, string> };
  };
});

type Env = Readonly<Record<string, string>>;

function login(env: Env, prefix: string) {
  return { port: Number(env[`${prefix}_PORT`]), password: env[`${prefix}_PASSWORD`] ?? "" };
}

async function settings(env: Env, prefix: string): Promise<Record<string, string>> {
  const found = await withRedis(login(env, prefix), (redis) => redis.config("GET", "*"));
  const texts = found as string[];
  return Object.fromEntries(texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ""]] : [])));
}

async function foldersOf(env: Env): Promise<string[]> {
  const found = await Promise.all([settings(env, "REDIS"), settings(env, "REDIS_QUEUE")]);
  return found.map(({ dir = "" }) => dir);
}

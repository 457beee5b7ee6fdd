import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import * as path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseOutputs } from "../../cli/src/outputs";
import { verifyTopology } from "../../cli/src/verifyTopology";
import { queueOptions } from "../../components/client";
import { redisServers, usableRedis } from "../../dev/redis";
import { Producer } from "../../examples/app/producer";
import { readSettings } from "../../examples/app/settings";
import { troubles } from "./cli-helpers";
import { Engine } from "./engine";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

/** An address of this machine that is not loopback: what a private network looks like. */
const ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

const soon = { timeout: 60_000 };

/** What B's and D's applications read, whichever stack they run on: their queue under `REDIS_*`. */
describe.skipIf(missing("redis", "pulumi"))("systems whose queue is under REDIS_*", () => {
  const folder = temporaryFolder();
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const adopt = async (stackFile: string, settings: Record<string, string>) => {
    const engine = await Engine.start({});
    closing.push(() => engine.end());
    engine.adopt(stackFile);
    for (const [key, value] of Object.entries(settings)) {
      const how = key.endsWith("url") || key.endsWith("password") ? ["--path", "--secret"] : ["--path"];
      await engine.succeed("config", "set", ...how, `redis-topology:${key}`, value, "--stack", "live");
    }
    await engine.up();
    const text = await engine.succeed("stack", "output", "--json", "--show-secrets", "--stack", "live");
    return { engine, ...parseOutputs(text, "the test") };
  };

  const startRedis = async (host: string, password: string) => {
    const port = await freePort();
    const args = ["--port", `${port}`, "--bind", host, "--requirepass", password, "--maxmemory", "1gb"];
    const server: ChildProcess = spawn(usableRedis(redisServers())?.path ?? "", [
      ...args,
      "--appendonly",
      "yes",
      "--dir",
      folder,
    ]);
    closing.push(() => server.kill("SIGKILL"));
    await expect
      .poll(() => withRedis({ host, port, password }, (redis) => redis.ping()).catch(() => "away"))
      .toBe("PONG");
    return port;
  };

  test.skipIf(ADDRESS === undefined)("D: a plain URL on a private network comes up as it is", async () => {
    const port = await startRedis(ADDRESS ?? "", "PASSWORD");
    const url = `redis://default:PASSWORD@${ADDRESS}:${port}`;
    const stackFile = "examples/systems/koinoniasms/Pulumi.koinoniasms-render.yaml";
    const { engine: _, ...outputs } = await adopt(stackFile, { "external.queueServer.url": url });
    expect(outputs.env).toMatchObject({ REDIS_URL: url, REDIS_TLS: "false" });
    expect(queueOptions(outputs.env, { envPrefix: "REDIS" })).toMatchObject(SETTINGS_OF_D);
    expect(troubles(await verifyTopology(outputs)).filter(([, result]) => result === "fail")).toEqual([]);
  });

  test("D on a laptop: the same variable and settings, and no work is lost while Redis is away", async () => {
    const port = await freePort();
    const stackFile = "examples/systems/koinoniasms/Pulumi.koinoniasms-local.yaml";
    const { engine, env } = await adopt(stackFile, { "queue.port": `${port}` });
    expect(env.REDIS_URL).toMatch(new RegExp(`^redis://default:\\w+@127\\.0\\.0\\.1:${port}$`));
    expect(queueOptions(env, { envPrefix: "REDIS" })).toMatchObject(SETTINGS_OF_D);

    // Work is done synchronously while Redis is away, and queued again when it is back.
    const producer = new Producer(readSettings({ ...env, QUEUE_ENV_PREFIX: "REDIS" }).queue);
    closing.push(() => producer.close());
    expect(await producer.submit({ to: "ada@example.com" })).toBe("queued");
    const pid = readFileSync(path.join(engine.folder, ".redis-topology/live/queue/redis.pid"), "utf8");
    process.kill(Number(pid), "SIGKILL");
    await expect.poll(() => producer.submit({ to: "bob@example.com" }), soon).toBe("done");
    await engine.up();
    await expect.poll(() => producer.submit({ to: "cyd@example.com" }), soon).toBe("queued");
  });

  test("B on a laptop: host, port and password under the names of production", async () => {
    const port = await freePort();
    const stackFile = "examples/systems/mspbyte/Pulumi.mspbyte-local.yaml";
    const { env } = await adopt(stackFile, { "queue.port": `${port}` });
    expect(env).toMatchObject({ REDIS_HOST: "127.0.0.1", REDIS_PORT: `${port}` });
    const memory = await withRedis({ port, password: env.REDIS_PASSWORD ?? "" }, (redis) =>
      redis.config("GET", "maxmemory"),
    );
    expect(memory).toEqual(["maxmemory", `${512 * 1024 * 1024}`]);
  });
});

const SETTINGS_OF_D = {
  connection: { maxRetriesPerRequest: 3, enableReadyCheck: false, enableOfflineQueue: true },
  defaultJobOptions: {
    attempts: 3,
    backoff: { type: "exponential", delay: 2000 },
    removeOnComplete: { age: 86_400, count: 0 },
    removeOnFail: { count: -1 },
  },
};

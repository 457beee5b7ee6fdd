import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Cache } from "../../examples/app/cache";
import { Producer } from "../../examples/app/producer";
import type { AppSettings } from "../../examples/app/settings";
import { readSettings } from "../../examples/app/settings";
import { Engine } from "./engine";
import { missing } from "./require";
import { freePort, withRedis } from "./servers";

const app = path.resolve(__dirname, "../../examples/app");
/** BullMQ waits up to 20 s between attempts to connect (redis-connection.ts), so a worker may need that long to be back. */
const PATIENCE_MS = 60_000;
const soon = { timeout: PATIENCE_MS };

describe.skipIf(missing("redis", "pulumi"))("examples/app", () => {
  let engine: Engine | undefined;
  let env: Record<string, string>;
  let settings: AppSettings;
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    const role = async () => ({ maxMemory: "32mb", port: await freePort() });
    engine = await Engine.start({ cache: await role(), queue: await role(), protect: false });
    await engine.up();
    const bullmq = await engine.succeed(
      "stack",
      "output",
      "bullmq",
      "--json",
      "--show-secrets",
      "-s",
      "live",
    );
    env = { ...(await engine.outputs()).env, BULLMQ: bullmq };
    settings = readSettings(env);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => engine?.end());

  /** A program of the app, and what it has printed. */
  const start = (program: string, ...args: string[]) => {
    const child = spawn(process.execPath, ["--import", "tsx", path.join(app, program), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    closing.push(() => end(child, "SIGKILL"));
    return { child, output: () => output };
  };
  const startWorker = async () => {
    const worker = start("worker.ts");
    await expect.poll(worker.output, soon).toContain("ready");
    return worker;
  };
  const connect = async () => {
    const producer = new Producer(settings.bullmq, settings.queues);
    closing.push(() => producer.close());
    await producer.connected(PATIENCE_MS);
    return producer;
  };
  const kill = (role: string) => {
    const file = path.join(engine?.folder ?? "", ".redis-topology/live", role, "redis.pid");
    process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  };

  test("what is produced is done by the worker", async () => {
    const worker = await startWorker();
    const producer = start("produce.ts", "ada@example.com", "bob@example.com");
    await expect.poll(producer.output, soon).toBe("ada@example.com: queued\nbob@example.com: queued\n");
    await expect.poll(worker.output, soon).toContain("sent to ada@example.com");
    await expect.poll(worker.output, soon).toContain("sent to bob@example.com");
  });

  test("SIGTERM lets the worker finish its job, and leaves the next one for another worker", async () => {
    const worker = await startWorker();
    const producer = await connect();
    expect(await producer.submit({ to: "slow@example.com", takes: 2000 })).toBe("queued");
    expect(await producer.submit({ to: "next@example.com" })).toBe("queued");
    await expect.poll(worker.output, soon).toContain("sending to slow@example.com");
    expect(worker.output()).not.toContain("sent to slow@example.com");
    expect(await end(worker.child, "SIGTERM")).toBe(0);
    expect(worker.output()).toMatch(/finishing\nsent to slow@example.com\nfinished\n$/);
    const another = await startWorker();
    await expect.poll(another.output, soon).toContain("sent to next@example.com");
  });

  test("without Redis the work is done at once, and afterwards by the worker again", async () => {
    const worker = await startWorker();
    const producer = await connect();
    const cache = new Cache(settings.cacheUrl);
    closing.push(() => cache.close());
    kill("queue");
    kill("cache");
    await expect.poll(() => producer.submit({ to: "here@example.com" }), soon).toBe("done");
    expect(await cache.getOrLoad("page", 60, async () => "loaded")).toBe("loaded");
    await engine?.up();
    await expect.poll(() => producer.submit({ to: "there@example.com" }), soon).toBe("queued");
    await expect.poll(worker.output, soon).toContain("sent to there@example.com");
    await expect.poll(() => kept(cache), soon).toBe("first");
  });

  test("the cache keeps a value for its time, and loads it once", async () => {
    const cache = new Cache(settings.cacheUrl);
    closing.push(() => cache.close());
    await expect.poll(() => kept(cache), soon).toBe("first");
    const { cache: server } = (await engine?.outputs()) ?? {};
    if (!server) throw new Error("The stack has no cache.");
    const left = await withRedis({ port: server.port, password: server.password }, (redis) =>
      redis.ttl("kept"),
    );
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60);
  });

  test("with ENABLE_QUEUES=false nothing is queued", () => {
    const run = ["--import", "tsx", path.join(app, "produce.ts"), "ada@example.com"];
    const output = execFileSync(process.execPath, run, {
      env: { ...process.env, ...env, ENABLE_QUEUES: "false" },
      encoding: "utf8",
    });
    expect(output).toBe("sent to ada@example.com\nada@example.com: done\n");
  });

  test("without its environment it says what is missing", () => {
    expect(() => readSettings({ REDIS_URL: env.REDIS_URL })).toThrow(
      "REDIS_URL and BULLMQ are needed; see examples/app/README.md.",
    );
  });
});

/** What the cache answers the second time; "first" when it was asked twice and loaded once. */
async function kept(cache: Cache): Promise<string> {
  await cache.getOrLoad("kept", 60, async () => "first");
  return cache.getOrLoad("kept", 60, async () => "loaded again");
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = await once(child, "exit");
  return code;
}

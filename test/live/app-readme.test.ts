import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { formatDotenv } from "../../cli/src/dotenv";
import type { TestTopologyOptions } from "../../components/client";
import { testTopology } from "../../components/client";
import { Cache } from "../../examples/app/cache";
import { readSettings } from "../../examples/app/settings";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

const root = path.resolve(__dirname, "../..");
const FROM_THE_STACK = "npx redis-topology env -s local --export";
const [WITH_A_QUEUE = "", WITHOUT = "", RENAMED = ""] = [
  ...readFileSync(path.join(root, "examples/app/README.md"), "utf8").matchAll(/```sh\n([\s\S]*?)```/g),
].map(([, lines]) => lines ?? "");
const soon = { timeout: 60_000 };

describe.skipIf(missing("redis"))("the lines of examples/app/README.md", () => {
  const folder = temporaryFolder();
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const queueOf = async (options: TestTopologyOptions, prefix: string) => {
    const { env, close } = await testTopology(options);
    closing.push(close);
    return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(prefix)));
  };

  /** What a shell prints for these lines, in the root of a clone. */
  const shell = (lines: string, env: Record<string, string> = {}) => {
    const child = spawn("sh", ["-ec", lines], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    closing.push(() => killGroup(child.pid));
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    return () => output;
  };

  test("on a stack of a queue alone: queued, and done at once without a queue or without Redis", async () => {
    const env = await queueOf({}, "REDIS_QUEUE");
    const exports = path.join(folder, "exports");
    writeFileSync(exports, formatDotenv(env, true));
    expect(WITH_A_QUEUE).toContain(FROM_THE_STACK);
    const output = shell(WITH_A_QUEUE.replace(FROM_THE_STACK, `cat ${exports}`) + WITHOUT);
    await expect.poll(output, soon).toContain("cyd@example.com: done");
    await expect.poll(output, soon).toContain("sent to ada@example.com\n");
    expect(output()).toContain("ada@example.com: queued\n");
    expect(output()).toContain("sent to bob@example.com\nbob@example.com: done\n");
    expect(output()).toContain("sent to cyd@example.com\ncyd@example.com: done\n");
  });

  test("on a stack whose queue is under REDIS_*", async () => {
    const env = await queueOf({ cache: { envPrefix: "KV" }, queue: { envPrefix: "REDIS" } }, "REDIS");
    const worker = shell("exec npx tsx examples/app/worker.ts", { ...env, QUEUE_ENV_PREFIX: "REDIS" });
    const output = shell(RENAMED, env);
    await expect.poll(output, soon).toBe("dan@example.com: queued\n");
    await expect.poll(worker, soon).toContain("sent to dan@example.com");
  });

  test("a worker has nothing to do while queues are off", async () => {
    const output = shell("npx tsx examples/app/worker.ts; echo ended", { ENABLE_QUEUES: "false" });
    await expect.poll(output, soon).toBe("queues are off: whoever asks for a mail sends it\nended\n");
  });

  test("without a cache, every value is loaded anew; a queue is never taken for one", async () => {
    expect(readSettings({ REDIS_QUEUE_URL: "redis://q" })).not.toHaveProperty("cache");
    const renamed = readSettings({ REDIS_URL: "redis://q", REDIS_BULLMQ: "{}", QUEUE_ENV_PREFIX: "REDIS" });
    expect(renamed).toMatchObject({ queue: { connection: { host: "q" } } });
    expect(renamed).not.toHaveProperty("cache");
    const cache = new Cache(renamed.cache);
    expect(await cache.getOrLoad("page", 60, async () => "one")).toBe("one");
    expect(await cache.getOrLoad("page", 60, async () => "two")).toBe("two");
    cache.close();
  });
});

/** A shell and the worker in its background, as far as they still run. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

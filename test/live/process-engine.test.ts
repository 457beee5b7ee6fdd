import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Engine } from "./engine";
import { freePort, withRedis } from "./servers";

/** One stack through its life; each test starts where the one before ended. */
let engine: Engine;
let config: { cache: Record<string, unknown>; queue: Record<string, unknown>; protect: boolean };

beforeAll(async () => {
  config = {
    cache: { maxMemory: "32mb", port: await freePort() },
    queue: { maxMemory: "32mb", port: await freePort() },
    protect: false,
  };
  engine = await Engine.start(config);
});
afterAll(() => engine?.end());

const configure = (changes: Partial<typeof config>) => {
  config = { ...config, ...changes };
  engine.configure(config);
};
const queue = async () => {
  const { queue } = await engine.outputs();
  if (!queue) throw new Error("The stack has no queue.");
  return queue;
};
const pidFile = () =>
  readFileSync(path.join(engine.folder, ".redis-topology/live/queue/redis.pid"), "utf8").trim();

test("the preview says what the data survives", async () => {
  expect(await engine.succeed("preview", "--stack", "live")).toContain(
    "host reboots   lost   kept, last 2 s at stake",
  );
});

test("up brings both roles up, with different passwords and settings", async () => {
  await engine.up();
  const { cache, queue } = await engine.outputs();
  const policies = await Promise.all(
    [cache, queue].map((server) =>
      withRedis(
        server as { port: number },
        async (redis) => (await redis.config("GET", "maxmemory-policy")) as string[],
      ),
    ),
  );
  expect(policies.map(([, policy]) => policy)).toEqual(["allkeys-lru", "noeviction"]);
  expect(cache?.password).not.toBe(queue?.password);
});

test("a second up changes nothing, and no secret is readable in the state", async () => {
  await engine.unchanged();
  const state = await engine.succeed("stack", "export", "--stack", "live");
  const { env } = await engine.outputs();
  for (const name of ["REDIS_PASSWORD", "REDIS_QUEUE_PASSWORD", "REDIS_URL", "REDIS_QUEUE_URL"]) {
    expect(state).not.toContain(env[name]);
  }
});

test("a component that was changed and not compiled is named", async () => {
  const source = path.join(engine.folder, "components/changed.ts");
  writeFileSync(source, "");
  const preview = await engine.succeed("preview", "--stack", "live");
  rmSync(source);
  expect(preview).toContain("components/ was changed and not compiled since: run `npm run build`.");
});

test("a refresh forgets nothing: same password, no changes", async () => {
  const before = await engine.outputs();
  await engine.succeed("refresh", "--yes", "--skip-preview", "--stack", "live");
  await engine.unchanged();
  expect(await engine.outputs()).toEqual(before);
});

test("a changed setting is applied to the running server", async () => {
  await withRedis(await queue(), (redis) => redis.set("job", "1"));
  const pid = pidFile();
  configure({ queue: { ...config.queue, maxMemory: "48mb" } });
  await engine.up();
  expect(
    await withRedis(await queue(), async (redis) => (await redis.config("GET", "maxmemory")) as string[]),
  ).toEqual(["maxmemory", String(48 * 1024 * 1024)]);
  expect(pidFile()).toBe(pid);
});

test("a setting changed by hand shows in the preview, and the next up sets it right", async () => {
  await withRedis(await queue(), (redis) => redis.config("SET", "maxmemory-policy", "allkeys-lru"));
  const preview = await engine.succeed("preview", "--refresh", "--stack", "live");
  expect(preview).toContain(
    "queue: `maxmemory-policy` is allkeys-lru on the running server instead of noeviction; an update sets it right",
  );
  expect(preview).toMatch(/~ 1 to update/);
  await engine.up("--refresh");
  expect(
    await withRedis(
      await queue(),
      async (redis) => (await redis.config("GET", "maxmemory-policy")) as string[],
    ),
  ).toEqual(["maxmemory-policy", "noeviction"]);
  await engine.unchanged();
});

test("a killed server shows in the preview, and the next up repairs it with its data", async () => {
  process.kill(Number(pidFile()), "SIGKILL");
  const preview = await engine.succeed("preview", "--stack", "live");
  expect(preview).toMatch(/queue: no answer from the server on port \d+; an update starts it again/);
  expect(preview).toMatch(/~ 1 to update/);
  await engine.up();
  expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
  await engine.unchanged();
});

test("another port keeps password and data", async () => {
  const before = await queue();
  configure({ queue: { ...config.queue, port: await freePort() } });
  await engine.up();
  const after = await queue();
  expect(after.port).not.toBe(before.port);
  expect(after.password).toBe(before.password);
  expect(await withRedis(after, (redis) => redis.get("job"))).toBe("1");
});

test("a protected queue is not deleted", async () => {
  configure({ protect: true });
  await engine.up();
  const { code, output } = await engine.run(["destroy", "--yes", "--skip-preview", "--stack", "live"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/redis-queue[\s\S]*protected/);
  expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
  configure({ protect: false });
  await engine.up();
});

test("destroy stops both and keeps the queue's data, which the next up finds", async () => {
  await engine.succeed("destroy", "--yes", "--skip-preview", "--stack", "live");
  expect(existsSync(path.join(engine.folder, ".redis-topology/live/cache"))).toBe(false);
  expect(existsSync(path.join(engine.folder, ".redis-topology/live/queue/data"))).toBe(true);
  await engine.up();
  expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
});

test("an up that is interrupted leaves nothing orphaned, and the next one repairs", async () => {
  await engine.succeed("destroy", "--yes", "--skip-preview", "--stack", "live");
  const pid = path.join(engine.folder, ".redis-topology/live/queue/redis.pid");
  await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"], async (group) => {
    await expect.poll(() => existsSync(pid), { timeout: 30_000, interval: 5 }).toBe(true);
    process.kill(-group, "SIGINT");
    process.kill(-group, "SIGKILL");
  });
  await engine.succeed("cancel", "--yes", "live");
  await engine.up();
  expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
  await engine.unchanged();
});

test("a bad configuration is refused before anything is touched", async () => {
  const pid = pidFile();
  engine.configure({ ...config, queue: { maxMemroy: "32mb" } });
  const { code, output } = await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
  engine.configure(config);
  expect(code).not.toBe(0);
  expect(output).toContain("queue.maxMemroy: an unknown key.");
  expect(output).toContain("Did you mean `queue.maxMemory`?");
  expect(output).not.toMatch(/\bat .*\.ts:\d+/);
  expect(pidFile()).toBe(pid);
});

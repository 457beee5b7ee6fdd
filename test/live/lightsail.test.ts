import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisContainer } from "../../components/backends/lightsail/container";
import { planLightsail } from "../../components/backends/lightsail/plan";
import { redisServers, usableRedis } from "../../dev/redis";
import { missing } from "./require";
import { freePort } from "./servers";

const [PASSWORD, PREVIOUS] = ["s3cret 'p@ss", 'old "p@ss"'];

describe.skipIf(missing("redis"))("what Lightsail would start, started here", () => {
  const folder = mkdtempSync(join(tmpdir(), "redis-topology-lightsail-"));
  let server: ReturnType<typeof spawn>;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const { queue } = planLightsail({ queue: { acceptDataLoss: true, port, config: { timeout: "17" } } });
    if (!queue) throw new Error("No queue was planned.");
    const container = redisContainer(queue, undefined, [PASSWORD, PREVIOUS]);
    // The image's own entry point, without the change of user that needs root.
    writeFileSync(join(folder, "docker-entrypoint.sh"), '#!/bin/sh\nexec "$@"\n');
    chmodSync(join(folder, "docker-entrypoint.sh"), 0o755);
    symlinkSync(usableRedis(redisServers())?.path ?? "", join(folder, "redis-server"));
    const [shell = "", ...args] = container.commands;
    const PATH = `${folder}:${process.env.PATH}`;
    server = spawn(shell, args, { cwd: folder, env: { PATH, ...container.environment } });
    await new Promise<void>((resolve, reject) => {
      let log = "";
      server.stdout?.on("data", (chunk) => {
        log += chunk;
        if (log.includes("Ready to accept connections")) resolve();
      });
      server.once("exit", () => reject(new Error(`The container ended:\n${log}`)));
    });
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([PASSWORD, PREVIOUS])(
    "it takes the password %j and has the role's settings",
    async (password) => {
      const redis = new Redis({ port, password, lazyConnect: true, maxRetriesPerRequest: 0 });
      await redis.connect();
      const config = async (name: string) => ((await redis.config("GET", name)) as string[])[1];
      expect(
        await Promise.all(["maxmemory", "maxmemory-policy", "appendonly", "timeout"].map(config)),
      ).toEqual([String(256 * 1024 ** 2), "noeviction", "yes", "17"]);
      redis.disconnect();
    },
  );

  test("it takes no other", async () => {
    const redis = new Redis({ port, lazyConnect: true, protocol: 2, enableReadyCheck: false });
    await redis.connect();
    await expect(redis.ping()).rejects.toThrow("NOAUTH");
    redis.disconnect();
  });

  test("no password is in its command line, environment or files, and the files are its own", () => {
    const proc = (name: string) => readFileSync(`/proc/${server.pid}/${name}`, "utf8");
    const files = ["redis.conf", "users.acl"].map((name) => join(folder, name));
    const seen = [proc("cmdline"), proc("environ"), ...files.map((file) => readFileSync(file, "utf8"))].join(
      "\n",
    );
    expect(seen).toContain("redis-server");
    expect(seen).not.toContain(PASSWORD);
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  });
});

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisServers, usableRedis } from "../../dev/redis";
import { Engine } from "./engine";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const PASSWORD = "an-external-password";

/** One stack through its life; each test starts where the one before ended. */
describe.skipIf(missing("redis", "pulumi"))("an external server under Pulumi's real engine", () => {
  let engine: Engine;
  let port: number;
  let server: ReturnType<typeof spawn>;

  beforeAll(async () => {
    port = await freePort();
    server = await startRedis(port);
    engine = await Engine.start({ backend: "external", queue: {} });
    const url = `redis://default:${PASSWORD}@127.0.0.1:${port}`;
    const set = ["config", "set", "--path", "--secret", "redis-topology:external.queueServer.url", url];
    await engine.succeed(...set, "--stack", "live");
  });

  afterAll(async () => {
    await engine?.end();
    server?.kill("SIGKILL");
  });

  const evictionPolicy = (policy: string) =>
    withRedis({ port, password: PASSWORD }, (redis) => redis.config("SET", "maxmemory-policy", policy));

  test("up hands out the connection, and warns of a server that persists nothing", async () => {
    const output = await engine.up();
    expect(output).toContain("The queue's server has neither AOF nor scheduled RDB saves");
    expect((await engine.outputs()).queue).toMatchObject({ host: "127.0.0.1", port, password: PASSWORD });
  });

  test("the password is nowhere readable in the state", async () => {
    const state = await engine.succeed("stack", "export", "--stack", "live");
    expect(state).toContain("ExternalServer");
    expect(state).not.toContain(PASSWORD);
  });

  test("a second up changes nothing", async () => {
    expect(await engine.unchanged()).toContain("3 unchanged");
  });

  test("a policy that was changed at the provider is named in the preview, and fails the next up", async () => {
    await evictionPolicy("allkeys-lru");
    const preview = await engine.succeed("preview", "--stack", "live");
    expect(preview).toContain(
      'queue: maxmemory-policy of the server is "allkeys-lru", at the last up it was "noeviction"',
    );
    expect(preview).toContain(
      'queue: `pulumi up` will refuse this: external.queueServer maxmemory-policy: "allkeys-lru". Allowed: noeviction',
    );
    const { code, output } = await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      'queueServer maxmemory-policy: "allkeys-lru". Allowed: noeviction, since a queue that evicts loses jobs. Set the eviction policy (maxmemory-policy) to noeviction at the server\'s provider.',
    );
    await evictionPolicy("noeviction");
    await engine.unchanged();
  });

  test("a preview does not need the server; an up does", async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
    const preview = await engine.succeed("preview", "--stack", "live");
    expect(preview).toContain("3 unchanged");
    expect(preview).toContain(
      `queue: this preview repeats what was last seen of the server: external.queueServer: 127.0.0.1:${port} cannot be used`,
    );
    const { code, output } = await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `queueServer: 127.0.0.1:${port} cannot be used without TLS: connect ECONNREFUSED`,
    );
  });
});

async function startRedis(port: number): Promise<ReturnType<typeof spawn>> {
  const folder = temporaryFolder();
  const config = join(folder, "redis.conf");
  const lines = [`port ${port}`, "bind 127.0.0.1", `requirepass ${PASSWORD}`, `dir ${folder}`, 'save ""', ""];
  writeFileSync(config, lines.join("\n"), { mode: 0o600 });
  const server = spawn(usableRedis(redisServers())?.path ?? "", [config]);
  await new Promise<void>((resolve, reject) => {
    let log = "";
    server.stdout.on("data", (chunk) => {
      log += chunk;
      if (log.includes("Ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`redis-server ended:\n${log}`)));
  });
  return server;
}

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { redisContainer } from "../../components/backends/lightsail/container";
import { planLightsail } from "../../components/backends/lightsail/plan";
import { redisServers, usableRedis } from "../../dev/redis";
import type { Image } from "../stand-ins/entryPoints";
import { IMAGES } from "../stand-ins/entryPoints";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const [PASSWORD, PREVIOUS] = ["s3cret 'p@ss", 'old "p@ss"'];
/** The images' id of the server's user. */
const UID = 999;

describe.skipIf(missing("redis", "root"))("what Lightsail would start, started here", () => {
  const root = temporaryFolder();
  // The server's user comes in as well.
  beforeAll(() => chmodSync(root, 0o755));

  describe.each(IMAGES)("in the image of $name", (image) => {
    const folder = join(root, image.name.replaceAll(" ", "-"));
    const data = join(folder, "data");
    let server: ChildProcess;
    let port: number;

    beforeAll(async () => {
      port = await freePort();
      const { queue } = planLightsail({ queue: { acceptDataLoss: true, port, config: { timeout: "17" } } });
      if (!queue) throw new Error("No queue was planned.");
      const plan = { ...queue, engine: image.user };
      server = start(image, folder, redisContainer(plan, { open: false }, [PASSWORD, PREVIOUS]));
      await ready(server);
    });

    afterAll(async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      if (server.kill("SIGKILL")) await ended;
    });

    test.each([PASSWORD, PREVIOUS])(
      "it takes the password %j and has the role's settings",
      async (password) => {
        const settings = await withRedis({ port, password }, (redis) =>
          Promise.all(
            ["maxmemory", "maxmemory-policy", "appendonly", "timeout"].map(
              async (name) => ((await redis.config("GET", name)) as string[])[1],
            ),
          ),
        );
        expect(settings).toEqual([String(256 * 1024 ** 2), "noeviction", "yes", "17"]);
      },
    );

    test("it takes no other", async () => {
      const ping = withRedis({ port, enableReadyCheck: false }, (redis) => redis.ping());
      await expect(ping).rejects.toThrow("NOAUTH");
    });

    test("it has given up root's rights, and persists", async () => {
      expect(/^Uid:\t(\d+)\t(\d+)/m.exec(proc(server, "status"))?.slice(1)).toEqual([`${UID}`, `${UID}`]);
      const status = await withRedis({ port, password: PASSWORD }, async (redis) => {
        await redis.set("key", "value");
        return redis.bgrewriteaof().then(() => redis.info("persistence"));
      });
      expect(status).toContain("aof_last_write_status:ok");
      expect(statSync(join(data, "appendonlydir")).uid).toBe(UID);
    });

    test("no password is in its command line, environment or files, and the files are its own", () => {
      const files = ["redis.conf", "users.acl"].map((name) => join(data, name));
      const texts = files.map((file) => readFileSync(file, "utf8"));
      const seen = [proc(server, "cmdline"), proc(server, "environ"), ...texts].join("\n");
      expect(seen).toContain(image.server);
      expect(seen).not.toContain(PASSWORD);
      expect(files.map((file) => [statSync(file).mode & 0o777, statSync(file).uid])).toEqual([
        [0o600, UID],
        [0o600, UID],
      ]);
    });
  });
});

describe.skipIf(missing("redis"))("the runbook's container that looks at Redis from inside", () => {
  test("prints what is in force", async () => {
    const runbook = readFileSync(join(__dirname, "../../docs/operations/lightsail.md"), "utf8");
    const { app } = parse(/```yaml\n([\s\S]*?)```/.exec(runbook)?.[1] ?? "") as {
      app: { command: string[] }[];
    };
    const [shell = "", ...args] = (app[0]?.command ?? []).map((part) =>
      part.replace("sleep 60", "sleep 0.1"),
    );
    const port = await freePort();
    const server = spawn("redis-server", ["--port", `${port}`, "--requirepass", PASSWORD, "--save", ""]);
    await ready(server);
    const env = { PATH: process.env.PATH, REDIS_QUEUE_PASSWORD: PASSWORD, REDIS_QUEUE_PORT: `${port}` };
    const look = spawn(shell, args, { env });
    onTestFinished(() => void [look.kill(), server.kill("SIGKILL")]);
    let log = "";
    await new Promise<void>((resolve) => {
      look.stdout.on("data", (chunk) => {
        log += chunk;
        if (log.includes("aof_last_write_status")) resolve();
      });
    });
    expect(log.match(/^\w+:/gm)?.sort()).toEqual([
      "aof_enabled:",
      "aof_last_bgrewrite_status:",
      "aof_last_write_status:",
      "connected_clients:",
      "evicted_keys:",
      "maxmemory:",
      "maxmemory_policy:",
      "mem_fragmentation_ratio:",
      "used_memory:",
    ]);
  });
});

/** The container's command in a folder that is furnished like the image, with the image's users. */
function start(image: Image, folder: string, container: ReturnType<typeof redisContainer>): ChildProcess {
  const [bin, data, users] = [join(folder, "bin"), join(folder, "data"), join(folder, "users")];
  for (const made of [folder, bin, data]) mkdirSync(made);
  writeFileSync(join(bin, "docker-entrypoint.sh"), image.entryPoint, { mode: 0o755 });
  symlinkSync(usableRedis(redisServers())?.path ?? "", join(bin, image.server));
  writeFileSync(users, `root:x:0:0::/root:/bin/sh\n${image.user}:x:${UID}:${UID}::/data:/sbin/nologin\n`);
  const groups = join(folder, "groups");
  writeFileSync(groups, `root:x:0:\n${image.user}:x:${UID}:\n`);
  const enter = [
    `mount --bind '${users}' /etc/passwd`,
    `mount --bind '${groups}' /etc/group`,
    `chown ${image.user}:${image.user} '${data}'`,
    `cd '${data}'`,
    'exec "$@"',
  ].join(" && ");
  const PATH = `${bin}:${process.env.PATH}`;
  const namespace = ["--mount", "sh", "-c", enter, "sh", ...container.commands];
  return spawn("unshare", namespace, { env: { PATH, ...container.environment } });
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    for (const stream of [server.stdout, server.stderr])
      stream?.on("data", (chunk) => {
        log += chunk;
        if (log.includes("Ready to accept connections")) resolve();
      });
    server.once("exit", () => reject(new Error(`The container ended:\n${log}`)));
  });
}

function proc({ pid }: ChildProcess, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, "utf8");
}

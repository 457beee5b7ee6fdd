import { spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import * as path from "node:path";
import { afterEach, expect, test } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerState } from "../../components/backends/process/redisServer";
import { withClient } from "../../components/backends/process/server/client";
import { isAlive } from "../../components/backends/process/server/processes";
import { changed, Servers } from "./process-servers";
import { temporaryFolder, withRedis } from "./servers";

const folder = temporaryFolder();
const servers = new Servers(folder);

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A program of this user that answers INFO as our server would, and notes all that it is sent. */
async function stranger(state: RedisServerState, pid: number): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const config = path.join(state.directory, "redis.conf");
  const info = `# Server\r\nredis_version:7.0.15\r\nprocess_id:${pid}\r\nconfig_file:${config}\r\n`;
  const server = createServer((socket) =>
    socket.on("data", (chunk) => {
      heard.push(chunk.toString());
      for (const command of chunk.toString().match(/\b(auth|info|ping|shutdown)\b/gi) ?? [])
        socket.write(command.toLowerCase() === "info" ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, heard };
}

/** A process of this user that has nothing to do with any server. */
function bystander(): number {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  ends.push(() => child.kill("SIGKILL"));
  return child.pid as number;
}

async function killed(): Promise<RedisServerState> {
  const state = await servers.create(await servers.inputs("queue"));
  const info = await withRedis(state, (redis) => redis.info("server"));
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
  return state;
}

test("a stranger on the port is sent nothing, and the process that it names is not signalled", async () => {
  const dead = await killed();
  const named = bystander();
  const { port, heard } = await stranger(dead, named);
  const state = { ...dead, port };
  const unchanged = changed(state, {});
  expect(await provider.diff("", state, unchanged)).toEqual({ changes: true });
  await expect(provider.update("", state, unchanged)).rejects.toThrow(
    `queue: port ${state.port} of 127.0.0.1 is taken by`,
  );
  await servers.remove(state);
  expect(heard).toEqual([]);
  expect(await isAlive(named)).toBe(true);
});

test("an open Redis on the port is nobody's server of ours", async () => {
  const state = await killed();
  const child = spawn("redis-server", ["--port", String(state.port), "--save", "", "--dir", folder]);
  ends.push(() => child.kill("SIGKILL"));
  await expect
    .poll(() => withRedis({ port: state.port }, (redis) => redis.ping()).catch(() => "not yet"))
    .toBe("PONG");
  await expect(withClient(state, (redis) => redis.ping())).rejects.toThrow(
    `The server of ${state.directory} does not listen on 127.0.0.1:${state.port}.`,
  );
  await servers.remove(state);
  expect(await withRedis({ port: state.port }, (redis) => redis.ping())).toBe("PONG");
});

test("a pid file that names another process does not get it signalled", async () => {
  const state = await killed();
  const named = bystander();
  writeFileSync(path.join(state.directory, "redis.pid"), `${named}\n`);
  await servers.remove(state);
  expect(await isAlive(named)).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)(
  "a process of another user is never ours, whatever folder it works in (needs root)",
  async () => {
    const state = await killed();
    const options = { cwd: path.join(state.directory, "data"), stdio: "ignore" } as const;
    const child = spawn("setpriv", ["--reuid", "65534", "--clear-groups", "sleep", "600"], options);
    ends.push(() => child.kill("SIGKILL"));
    await expect.poll(() => statSync(`/proc/${child.pid}`).uid).toBe(65534);
    writeFileSync(path.join(state.directory, "redis.pid"), `${child.pid}\n`);
    await servers.remove(state);
    expect(await isAlive(child.pid as number)).toBe(true);
  },
);

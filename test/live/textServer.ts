import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisServers, usableRedis } from "../../scripts/redis";

/** A server that reads one given redis.conf, in the foreground, on a Unix socket in a folder of its own. */
export interface TextServer {
  readonly folder: string;
  readonly socket: string;
  stop(): Promise<void>;
}

/** Starts a server on `config`, to which only the socket and `dir` are added. Throws with its output when it ends. */
export async function startOn(parent: string, config: string): Promise<TextServer> {
  const folder = mkdtempSync(path.join(parent, "s"));
  const socket = path.join(folder, "s");
  const file = path.join(folder, "redis.conf");
  writeFileSync(file, `unixsocket ${socket}\ndir ${folder}\n${config}`);
  const child = spawn(usableRedis(redisServers())?.path ?? "redis-server", [file]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  try {
    await untilListens(socket, child);
  } catch {
    throw new Error(`The server ended:\n${output}`);
  }
  return { folder, socket, stop: () => stop(child) };
}

/** A client that sends nothing by itself, so that it can also ask without a password, and does not reconnect. */
export function clientOf(socket: string): Redis {
  const client = new Redis({
    path: socket,
    lazyConnect: true,
    // RESP3 begins with HELLO, which a server with a password refuses.
    protocol: 2,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  client.on("error", () => {});
  return client;
}

/** Everything that CONFIG GET tells. */
export async function settingsOf(socket: string): Promise<Record<string, string>> {
  const client = clientOf(socket);
  try {
    const flat = (await client.config("GET", "*")) as string[];
    return Object.fromEntries(
      flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1] ?? ""]])),
    );
  } finally {
    client.disconnect();
  }
}

async function untilListens(socket: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error("ended");
    const listens = await new Promise<boolean>((resolve) => {
      const probe = connect(socket, () => probe.end(() => resolve(true)));
      probe.once("error", () => resolve(false));
    });
    if (listens) return;
    await sleep(5);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

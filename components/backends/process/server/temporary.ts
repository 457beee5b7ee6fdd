import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aclFile, DEFAULT_USERNAME } from "../../../redis/acl";
import { renderConfig } from "../../../redis/config";
import type { Connection } from "../../../redis/connection";
import type { Directive } from "../../../redis/roles";
import type { Binary } from "./binary";
import { serverEnvironment } from "./environment";

/** A server in a temporary folder; nothing of it outlives the process that started it. */
export interface TemporaryServer {
  readonly connection: Connection;
  /** Ends the server and removes its folder. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** A free port may be somebody else's when the server binds it. */
const ATTEMPTS = 3;
const READY_MS = 30_000;
const POLL_MS = 10;
const LONGEST_LOG = 2000;

/**
 * Runs the server until its own input ends: when it is closed, or when the process that started it is gone, however
 * that ended. The log goes to the first output, which only the server holds, so that its end is seen there.
 */
const SUPERVISOR = `"$1" "$2/redis.conf" 2>&1 &
exec >/dev/null 2>&1
cat
kill -KILL $!
wait
rm -rf "$2"`;

/** Starts a server of these directives on a free port, with a password of its own, and waits until it answers. */
export async function startTemporary(
  binary: Binary,
  directives: readonly Directive[],
): Promise<TemporaryServer> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(path.join(tmpdir(), "redis-topology-test-"));
    const password = randomBytes(20).toString("hex");
    const port = await freePort();
    await writeFile(path.join(folder, "users.acl"), aclFile([password]), { mode: 0o600 });
    const lines: Directive[] = [
      ...directives,
      ["bind", HOST],
      ["port", String(port)],
      ["dir", folder],
      ["aclfile", path.join(folder, "users.acl")],
    ];
    await writeFile(path.join(folder, "redis.conf"), renderConfig(lines));
    const server = supervise(binary, folder);
    if (await untilReady(server, port, password)) {
      const connection = { host: HOST, port, username: DEFAULT_USERNAME, password, tls: false };
      return { connection, close: server.close };
    }
    await server.close();
    if (attempt === ATTEMPTS || !server.log().includes("Address already in use")) {
      throw new Error(`${binary.command} ${binary.version} did not start. It said:\n${server.log()}`);
    }
  }
}

interface Supervised {
  log(): string;
  hasEnded(): boolean;
  close(): Promise<void>;
}

function supervise(binary: Binary, folder: string): Supervised {
  // Its own session: a Ctrl-C is for the application, whose end then ends this.
  const child = spawn("sh", ["-c", SUPERVISOR, "sh", binary.command, folder], {
    detached: true,
    env: serverEnvironment(process.env),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  let [log, ended] = ["", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    log = `${log}${text}`.slice(-LONGEST_LOG);
  });
  child.stdout.on("end", () => {
    ended = true;
  });
  release(child);
  return {
    log: () => log.trimEnd(),
    hasEnded: () => ended,
    close: async () => {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}

/** A program that forgets to close ends all the same, and this with it. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as Socket | null)?.unref();
}

/** False when the server has ended, or does not answer in time. */
async function untilReady(server: Supervised, port: number, password: string): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (!server.hasEnded() && Date.now() < deadline) {
    if (await answers(port, password)) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** Whether a server that takes this password is there; no other has it. */
async function answers(port: number, password: string): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let answer = "";
    for await (const data of socket) {
      answer += String(data);
      if (answer.includes("+PONG") || answer.startsWith("-")) break;
    }
    return answer.startsWith("+OK") && answer.includes("+PONG");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return address.port;
}

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import { findBinary } from "../../components/backends/process/server/binary";
import { renderConfig } from "../../components/redis/config";
import type { Directive } from "../../components/redis/roles";
import { EvictionPolicy, Role, roleDirectives } from "../../components/redis/roles";

/** How often the memory is looked at, in milliseconds; a fork of the sizes used here lives for many times that. */
const SAMPLE_EVERY = 10;

/** A redis-server with a role's directives in a temporary folder, and the most memory it and its forks have had. */
export class MeasuredServer {
  /** Of the server and its forks together, in bytes; a page that they share counts once. */
  peakBytes = 0;
  private readonly sampler = setInterval(() => this.sample(), SAMPLE_EVERY);

  private constructor(
    readonly redis: Redis,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Its files lie in a new folder inside `parent`. */
  static async start(role: Role, maxMemory: number, parent = tmpdir()): Promise<MeasuredServer> {
    const folder = mkdtempSync(path.join(parent, "redis-topology-memory-"));
    const port = await freePort();
    const policy = role === Role.Cache ? EvictionPolicy.AllkeysLru : "noeviction";
    const place: Directive[] = [
      ["bind", "127.0.0.1"],
      ["port", String(port)],
      ["dir", folder],
    ];
    const config = path.join(folder, "redis.conf");
    writeFileSync(config, renderConfig([...roleDirectives(role, maxMemory, policy), ...place]));
    const { command } = await findBinary(undefined, undefined);
    const child = spawn(command, [config], { stdio: "ignore" });
    const redis = new Redis({ port, maxRetriesPerRequest: null });
    redis.on("error", () => {}); // ioredis tries again until the server listens
    await redis.ping();
    return new MeasuredServer(redis, child, folder);
  }

  /** One field of INFO, as a number. */
  async info(field: string): Promise<number> {
    return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(await this.redis.info())?.[1]);
  }

  async stop(): Promise<void> {
    clearInterval(this.sampler);
    this.redis.disconnect();
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private sample(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    const pids = [pid, ...childrenOf(pid)];
    this.peakBytes = Math.max(
      this.peakBytes,
      pids.map(proportionalBytes).reduce((sum, bytes) => sum + bytes),
    );
  }
}

function childrenOf(pid: number): number[] {
  return readProc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Proportional set size: of a page in n processes each counts one n-th, so that the sum is what is really used. */
function proportionalBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readProc(`${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return ""; // the process has just ended
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return address.port;
}

import { randomUUID } from "node:crypto";
import { open, readFile, rm, statfs } from "node:fs/promises";
import { networkInterfaces, release } from "node:os";
import * as path from "node:path";
import type { FsyncTimes } from "./finding";

/** What this machine says of itself and of the server's process; absent where it cannot be read. */
export interface HostFacts {
  /** vm.overcommit_memory. */
  readonly overcommit?: string;
  /** The chosen word of /sys/kernel/mm/transparent_hugepage/enabled. */
  readonly hugePages?: string;
  /** Bytes of the server's process that lie in swap. */
  readonly swapped?: number;
  /** Bytes free for the server on the disk of its data. */
  readonly diskFree?: number;
  readonly fsync?: FsyncTimes;
}

const SAMPLES = 200;
const BLOCK = Buffer.alloc(4096, "redis-topology ");
/** A job is added, taken and ended: three writes that wait for the disk one after the other. */
const WRITES_A_JOB = 3;

/** Whether a server runs on this machine: its address is one of ours, and its kernel is this one. */
export function isThisHost(host: string, serverOs: string | undefined): boolean {
  if (process.platform !== "linux" || !serverOs?.includes(release())) return false;
  const ours = Object.values(networkInterfaces()).flatMap(
    (list) => list?.map(({ address }) => address) ?? [],
  );
  return host === "localhost" || host.startsWith("127.") || host === "::1" || ours.includes(host);
}

/** Reads the machine. `pid` and `dir` are the server's, where it runs in sight; a container's do not. */
export async function readHost(pid: number | undefined, dir: string | undefined): Promise<HostFacts> {
  const inSight = pid !== undefined && (await isRedis(pid));
  const overcommit = (await text("/proc/sys/vm/overcommit_memory"))?.trim();
  const hugePages = (await text("/sys/kernel/mm/transparent_hugepage/enabled"))?.match(/\[(\w+)\]/)?.[1];
  const swapped = inSight ? (await text(`/proc/${pid}/status`))?.match(/VmSwap:\s+(\d+) kB/)?.[1] : undefined;
  const data = inSight && dir !== undefined ? await readDisk(dir) : {};
  return {
    ...(overcommit !== undefined && { overcommit }),
    ...(hugePages !== undefined && { hugePages }),
    ...(swapped !== undefined && { swapped: Number(swapped) * 1024 }),
    ...data,
  };
}

async function readDisk(dir: string): Promise<Pick<HostFacts, "diskFree" | "fsync">> {
  try {
    const { bavail, bsize } = await statfs(dir);
    const fsync = await measureFsync(dir).catch(() => undefined);
    return { diskFree: bavail * bsize, ...(fsync && { fsync }) };
  } catch {
    return {};
  }
}

/** How long the disk takes to keep a small write, as the AOF makes them; in a file of its own, removed at once. */
export async function measureFsync(dir: string): Promise<FsyncTimes> {
  const file = path.join(dir, `redis-topology-doctor-${randomUUID()}`);
  const times: number[] = [];
  const handle = await open(file, "wx", 0o600);
  try {
    for (let at = 0; at < SAMPLES; at++) {
      const from = performance.now();
      await handle.write(BLOCK);
      await handle.datasync();
      times.push(performance.now() - from);
    }
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
  return fsyncTimes(times);
}

/** The times, and the jobs a second that they allow. */
export function fsyncTimes(times: readonly number[]): FsyncTimes {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return {
    p50: round(at(0.5)),
    p99: round(at(0.99)),
    samples: times.length,
    jobsPerSecondAlways: Math.floor(1000 / (WRITES_A_JOB * mean)),
  };
}

async function isRedis(pid: number): Promise<boolean> {
  return /^(redis|valkey)-server/.test((await text(`/proc/${pid}/comm`)) ?? "");
}

function text(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

function round(milliseconds: number): number {
  return Number(milliseconds.toFixed(3));
}

import type { Role } from "./roles";
import { formatSize } from "./size";

const MIB = 1024 * 1024;

/**
 * What a process needs beyond its data, per role. A cache does not fork: allocator fragmentation and client
 * buffers only. A queue forks for RDB snapshots and AOF rewrites, and a page written meanwhile exists twice (copy
 * on write). On a slow disk the fork lives long enough for every page to be written: twice the data. The fixed part
 * is the AOF buffer, which Redis does not count against `maxmemory` and which holds what is written while an fsync
 * is under way, 2 seconds of it at most: 64 MiB/s of job data. `npm run bench` measures the peaks, on a disk
 * throttled to 8 MB/s too; ADR 0049 says what the limit does not hold against.
 */
const HEADROOM: Readonly<Record<Role, { readonly percent: number; readonly fixed: number }>> = {
  cache: { percent: 110, fixed: 32 * MIB },
  queue: { percent: 200, fixed: 128 * MIB },
};

/** The least memory, in bytes, under which `role` may run with this `maxmemory`: Redis refuses before the kernel kills. */
export function memoryFloor(role: Role, maxMemory: number): number {
  const { percent, fixed } = HEADROOM[role];
  return Math.ceil((maxMemory * percent) / 100) + fixed;
}

/** The largest `maxmemory`, in bytes, that fits under a memory limit (the other way round, where the limit is bought or given). */
export function maxMemoryWithin(role: Role, limit: number): number {
  const { percent, fixed } = HEADROOM[role];
  return Math.floor(((limit - fixed) * 100) / percent);
}

/** The arithmetic of `memoryFloor`, for messages: `2 × 512Mi + 128Mi = 1152Mi`. */
export function floorArithmetic(role: Role, maxMemory: number): string {
  const { percent, fixed } = HEADROOM[role];
  return `${percent / 100} × ${formatSize(maxMemory)} + ${formatSize(fixed)} = ${formatSize(memoryFloor(role, maxMemory))}`;
}

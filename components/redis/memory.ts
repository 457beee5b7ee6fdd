import type { Role } from "./roles";
import { formatSize } from "./size";

const MIB = 1024 * 1024;

/**
 * What a process needs beyond its data, per role. A cache does not fork: allocator fragmentation and client
 * buffers only. A queue forks for RDB snapshots and AOF rewrites, and pages written meanwhile exist twice
 * (copy on write). `npm run bench` prints the measured peaks against these limits.
 */
const HEADROOM: Readonly<Record<Role, { readonly percent: number; readonly fixed: number }>> = {
  cache: { percent: 110, fixed: 32 * MIB },
  queue: { percent: 150, fixed: 64 * MIB },
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

/** The arithmetic of `memoryFloor`, for messages: `1.5 × 512Mi + 64Mi = 832Mi`. */
export function floorArithmetic(role: Role, maxMemory: number): string {
  const { percent, fixed } = HEADROOM[role];
  return `${percent / 100} × ${formatSize(maxMemory)} + ${formatSize(fixed)} = ${formatSize(memoryFloor(role, maxMemory))}`;
}

import type { Role } from "redis-topology/redis";
import type { Facts } from "../checks/facts";
import { formatBytes } from "../textTable";
import type { RoleFinding } from "./finding";
import type { HostFacts } from "./host";

const MB = 1024 ** 2;

/** What the machine shows of a server that runs on it. */
export function hostFindings(host: HostFacts, info: Facts["info"], role: Role): RoleFinding[] {
  const findings: RoleFinding[] = [];
  const persists = info.aof_enabled === "1" || role === "queue";
  if (persists && host.overcommit !== undefined && host.overcommit !== "1") {
    findings.push({
      level: "warning",
      id: "overcommit",
      what: `vm.overcommit_memory is ${host.overcommit}.`,
      why: "A fork for a snapshot or a rewrite may fail while memory is free; Redis then refuses writes.",
      command:
        "sudo sysctl -w vm.overcommit_memory=1 && echo vm.overcommit_memory=1 | sudo tee /etc/sysctl.d/60-redis.conf",
    });
  }
  if (host.hugePages === "always") {
    findings.push({
      level: "warning",
      id: "huge-pages",
      what: "Transparent huge pages are always on.",
      why: "A write during a snapshot copies 2 MB instead of 4 KB: latency and memory jump.",
      command: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled",
    });
  }
  if ((host.swapped ?? 0) > MB) {
    findings.push({
      level: "problem",
      id: "swapped",
      what: `${formatBytes(host.swapped ?? 0)} of the server are in swap.`,
      why: "Whoever touches them waits for the disk, and with Redis everybody waits.",
      command: "free memory on the machine, then restart the server; `sudo sysctl -w vm.swappiness=1`",
    });
  }
  findings.push(...diskFindings(host, info));
  const { fsync } = host;
  if (info.aof_enabled === "1" && fsync && fsync.p99 > SLOW_MS) {
    findings.push({
      level: "warning",
      id: "fsync-slow",
      what: `The data's disk takes ${fsync.p99} ms for a small write (p99 of ${fsync.samples}).`,
      why: "With appendfsync everysec, a disk that takes longer than a second's writes holds up all commands.",
      command: "give the data a faster disk, or one that nothing else writes to",
    });
  }
  return findings;
}

/** A disk that is well takes less by far, also a network's. */
const SLOW_MS = 100;

/** A rewrite writes the data anew beside the old log. */
function diskFindings({ diskFree }: HostFacts, info: Facts["info"]): RoleFinding[] {
  if (diskFree === undefined || info.aof_enabled !== "1") return [];
  const log = Number(info.aof_current_size ?? 0);
  const needed = Math.max(Number(info.used_memory ?? 0), log);
  const limit = Number(info.maxmemory ?? 0);
  if (diskFree < needed) {
    return [
      {
        level: "problem",
        id: "disk-short",
        what: `${formatBytes(diskFree)} are free on the data's disk; a rewrite of the AOF (now ${formatBytes(log)}) may need ${formatBytes(needed)}.`,
        why: "A rewrite that fails leaves the log growing until the disk is full; then Redis refuses writes.",
        command: "enlarge the disk, or free memory first: `redis-topology memory --role queue`",
      },
    ];
  }
  if (limit > 0 && diskFree < 2 * limit) {
    return [
      {
        level: "warning",
        id: "disk-growth",
        what: `${formatBytes(diskFree)} are free on the data's disk; with ${formatBytes(limit)} of data, log and rewrite together grow by up to ${formatBytes(2 * limit)}.`,
        why: "Full data would fill the disk before it fills the memory.",
        command: "enlarge the disk to three times maxmemory",
      },
    ];
  }
  return [];
}

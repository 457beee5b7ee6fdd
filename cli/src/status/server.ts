import { Role } from "redis-topology/redis";
import type { MemoryStatus, PersistenceStatus, ReplicationStatus, ServerStatus } from "./report";

/** INFO at a moment. */
export interface Sample {
  /** Milliseconds; only differences count. */
  readonly at: number;
  readonly info: Readonly<Record<string, string>>;
}

/** What a server has said of itself. */
export interface ServerFacts {
  /** The last sample of the look before; of a first look the same as `near`. */
  readonly before: Sample;
  /** Shortly before `now`, with no command of the observer between them. */
  readonly near: Sample;
  readonly now: Sample;
  /** Unix time in seconds, by the server's own clock. */
  readonly time: number;
  /** `appendfsync`, where CONFIG tells it. */
  readonly fsync?: string;
}

/** Less than this between two samples is the noise of buffers, not growth. */
const NOISE_BYTES = 16 * 1024;
/** A rate that fills the memory in more than this is none. */
const FAR_SECONDS = 30 * 86_400;
/** What the kernel and Redis hold back with `appendfsync everysec` (aof.c: fsync a second, at most two behind). */
const EVERYSEC = "the last 2 s";

/** How a server stands, from two samples of INFO. Pure. */
export function serverStatus(role: Role, facts: ServerFacts): ServerStatus {
  const { now } = facts;
  const { info } = now;
  const limit = optional(info.maxclients);
  return {
    version: info.valkey_version
      ? `valkey ${info.valkey_version}`
      : `redis ${info.redis_version ?? "unknown"}`,
    uptimeSeconds: whole(info.uptime_in_seconds),
    loading: info.loading === "1",
    memory: memoryOf(facts),
    clients: {
      connected: whole(info.connected_clients),
      ...(limit !== undefined && { limit }),
      blocked: whole(info.blocked_clients),
    },
    opsPerSecond: opsOf(facts),
    ...(role === Role.Cache && hitRateOf(facts)),
    evicted: counter(facts, "evicted_keys"),
    rejected: counter(facts, "rejected_connections"),
    refusedWrites: counter(facts, "errorstat_OOM"),
    persistence: persistenceOf(facts),
    ...replicationOf(info),
  };
}

/** Seconds between the samples. */
export function sampleSeconds({ before, now }: Pick<ServerFacts, "before" | "now">): number {
  return Math.max(0, now.at - before.at) / 1000;
}

function memoryOf(facts: ServerFacts): MemoryStatus {
  const { before, now } = facts;
  const used = whole(now.info.used_memory);
  const limit = whole(now.info.maxmemory);
  const grown = dataBytes(now.info) - dataBytes(before.info);
  const seconds = sampleSeconds(facts);
  const growth = seconds > 0 && Math.abs(grown) >= NOISE_BYTES ? Math.round(grown / seconds) : 0;
  const full = limit > used && growth > 0 ? Math.floor((limit - used) / growth) : undefined;
  const fragmentation = optional(now.info.mem_fragmentation_ratio);
  return {
    usedBytes: used,
    limitBytes: limit,
    ...(limit > 0 && { percent: rounded((used / limit) * 100, 1) }),
    growthBytesPerSecond: growth,
    ...(full !== undefined && full < FAR_SECONDS && { fullInSeconds: full }),
    ...(fragmentation !== undefined && { fragmentation }),
    ...(now.info.maxmemory_policy !== undefined && { policy: now.info.maxmemory_policy }),
  };
}

/** Of what was looked up between the samples; of everything since the start when that was nothing. */
function hitRateOf({ before, now }: ServerFacts): { hitRate?: number } {
  const [hits, misses] = [whole(now.info.keyspace_hits), whole(now.info.keyspace_misses)];
  const lately = {
    hits: hits - whole(before.info.keyspace_hits),
    misses: misses - whole(before.info.keyspace_misses),
  };
  const { hits: good, misses: bad } = lately.hits + lately.misses > 0 ? lately : { hits, misses };
  return good + bad > 0 ? { hitRate: rounded(good / (good + bad), 3) } : {};
}

function persistenceOf({ now: { info }, time, fsync }: ServerFacts): PersistenceStatus {
  const aof = info.aof_enabled === "1";
  const savedAt = optional(info.rdb_last_save_time);
  return {
    ...(aof && {
      aof: {
        bytes: whole(info.aof_current_size),
        writes: info.aof_last_write_status ?? "unknown",
        rewrites: info.aof_last_bgrewrite_status ?? "unknown",
        ...(fsync !== undefined && { fsync }),
      },
    }),
    ...(savedAt !== undefined && {
      rdb: {
        savedAt,
        unsavedChanges: whole(info.rdb_changes_since_last_save),
        lastSave: info.rdb_last_bgsave_status ?? "unknown",
      },
    }),
    recoverableTo: recoverableTo(info, time, fsync),
  };
}

function recoverableTo(
  info: Readonly<Record<string, string>>,
  time: number,
  fsync: string | undefined,
): string {
  if (info.aof_enabled === "1" && info.aof_last_write_status !== "err") {
    if (fsync === "always") return "the last write";
    return fsync === "no" ? "what the kernel had written, about the last 30 s" : EVERYSEC;
  }
  const savedAt = optional(info.rdb_last_save_time);
  const changes = whole(info.rdb_changes_since_last_save);
  if (savedAt === undefined) return "unknown: the service does not tell";
  // Redis counts its own start as a save.
  const started = time - whole(info.uptime_in_seconds);
  if (savedAt <= started + 1 && changes > 0)
    return "nothing since its start: there is neither AOF nor a snapshot";
  return changes === 0
    ? "now: nothing has changed since the snapshot"
    : `the snapshot of ${time - savedAt} s ago`;
}

function replicationOf(info: Readonly<Record<string, string>>): { replication?: ReplicationStatus } {
  if (info.role === "slave") {
    const lag = optional(info.master_last_io_seconds_ago);
    return {
      replication: {
        role: "replica",
        replicas: 0,
        ...(lag !== undefined && lag >= 0 && { lagSeconds: lag }),
        linkUp: info.master_link_status === "up",
      },
    };
  }
  const replicas = Object.entries(info).filter(([name]) => /^slave\d+$/.test(name));
  if (replicas.length === 0) return {};
  const lags = replicas.map(([, fields]) => Number(/(?:^|,)lag=(\d+)/.exec(fields)?.[1] ?? 0));
  return {
    replication: {
      role: "primary",
      replicas: replicas.length,
      lagSeconds: Math.max(...lags),
      linkUp: replicas.every(([, fields]) => fields.includes("state=online")),
    },
  };
}

function counter({ before, now }: ServerFacts, field: string): { total: number; now: number } {
  const total = countOf(now.info[field]);
  return { total, now: Math.max(0, total - countOf(before.info[field])) };
}

/** Without the buffers of clients, this command's among them, which come and go. */
function dataBytes(info: Readonly<Record<string, string>>): number {
  return whole(info.used_memory) - whole(info.mem_clients_normal);
}

function opsOf({ near, now }: ServerFacts): number {
  const seconds = (now.at - near.at) / 1000;
  // One of them is the INFO of `near`, which counts itself only afterwards.
  const more = whole(now.info.total_commands_processed) - whole(near.info.total_commands_processed) - 1;
  return seconds > 0 && more > 0 ? rounded(more / seconds, 0) : 0;
}

/** A field is a number, or `count=3` among the error statistics. */
function countOf(text: string | undefined): number {
  return whole(text?.replace(/^count=/, ""));
}

function whole(text: string | undefined): number {
  return Math.max(0, Math.floor(optional(text) ?? 0));
}

function optional(text: string | undefined): number | undefined {
  const number = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

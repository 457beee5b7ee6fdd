import type { Role } from "redis-topology/redis";

/** One role at one moment, for the page. Bytes, seconds, and ratios from 0 to 1. */
export interface RoleState {
  readonly role: Role;
  /** `host:port`, without a secret. */
  readonly address: string;
  /** Why the server does not answer; absent while it does. */
  readonly away?: string;
  readonly figures?: Figures;
}

/** What INFO tells of a server that answers. A figure that the server does not show is absent. */
export interface Figures {
  readonly software: string;
  readonly uptime?: number;
  readonly usedMemory?: number;
  /** Absent = no limit. */
  readonly maxMemory?: number;
  readonly policy?: string;
  readonly fragmentation?: number;
  readonly clients?: number;
  readonly maxClients?: number;
  readonly opsPerSecond?: number;
  /** Of all reads since the server started; absent before the first. */
  readonly hitRate?: number;
  readonly evicted?: number;
  readonly rejected?: number;
  /** `on`, `off` or what is wrong with it. */
  readonly aof: string;
  readonly aofSize?: number;
  /** Seconds since the last RDB snapshot, and whether it succeeded. */
  readonly snapshotAge?: number;
  readonly snapshotOk?: boolean;
}

/** What the fields of INFO mean. */
export function figures(info: Readonly<Record<string, string>>, now: number = Date.now()): Figures {
  const number = (field: string) => {
    const value = Number(info[field]);
    return info[field] === undefined || !Number.isFinite(value) ? undefined : value;
  };
  const hits = number("keyspace_hits") ?? 0;
  const reads = hits + (number("keyspace_misses") ?? 0);
  const saved = number("rdb_last_save_time");
  const status = info.rdb_last_bgsave_status;
  return definedOnly({
    software: `${info.server_name === "valkey" ? "Valkey" : "Redis"} ${info.valkey_version ?? info.redis_version ?? "of unknown version"}`,
    uptime: number("uptime_in_seconds"),
    usedMemory: number("used_memory"),
    maxMemory: number("maxmemory") || undefined,
    policy: info.maxmemory_policy,
    fragmentation: number("mem_fragmentation_ratio"),
    clients: number("connected_clients"),
    maxClients: number("maxclients"),
    opsPerSecond: number("instantaneous_ops_per_sec"),
    hitRate: reads > 0 ? hits / reads : undefined,
    evicted: number("evicted_keys"),
    rejected: number("rejected_connections"),
    aof: aofState(info),
    aofSize: number("aof_current_size"),
    snapshotAge: saved === undefined ? undefined : Math.max(0, Math.round(now / 1000 - saved)),
    snapshotOk: status === undefined ? undefined : status === "ok",
  });
}

function aofState(info: Readonly<Record<string, string>>): string {
  if (info.aof_enabled !== "1") return "off";
  if (info.aof_last_write_status !== undefined && info.aof_last_write_status !== "ok")
    return "the last write failed";
  if (info.aof_last_bgrewrite_status !== undefined && info.aof_last_bgrewrite_status !== "ok")
    return "the last rewrite failed";
  return "on";
}

function definedOnly<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

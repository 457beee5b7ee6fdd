/** What a parameter takes: one of some words, a text of a form, or a whole number within bounds. */
export type Range =
  | { readonly words: readonly string[] }
  | { readonly form: RegExp; readonly of: string }
  | { readonly least: number; readonly most?: number; readonly or?: number };

type List = Readonly<Record<string, Range>>;

const words = (...list: string[]): Range => ({ words: list });
const from = (least: number, most?: number): Range => ({ least, ...(most !== undefined && { most }) });

const SWITCH = words("yes", "no");
const ANY = from(0);

/**
 * The parameters of the families redis7 and valkey7 that can be changed, and what they take. ElastiCache User Guide,
 * "Valkey and Redis OSS parameters", its tables from Redis 2.6.13 to 7 put together, read on 2026-11-24. A number
 * without bounds there has its engine's (redis.conf).
 */
const SEVEN: List = {
  "acl-pubsub-default": words("resetchannels", "allchannels"),
  "acllog-max-len": ANY,
  "active-defrag-cycle-max": from(1, 75),
  "active-defrag-cycle-min": from(1, 75),
  "active-defrag-ignore-bytes": from(10485760, 104857600),
  "active-defrag-max-scan-fields": from(1, 1000000),
  "active-defrag-threshold-lower": from(1, 100),
  "active-defrag-threshold-upper": from(1, 100),
  "active-expire-effort": from(1, 10),
  activedefrag: SWITCH,
  "client-output-buffer-limit-normal-hard-limit": ANY,
  "client-output-buffer-limit-normal-soft-limit": ANY,
  "client-output-buffer-limit-normal-soft-seconds": ANY,
  "client-output-buffer-limit-pubsub-hard-limit": ANY,
  "client-output-buffer-limit-pubsub-soft-limit": ANY,
  "client-output-buffer-limit-pubsub-soft-seconds": ANY,
  "client-query-buffer-limit": from(1048576, 1073741824),
  "close-on-replica-write": SWITCH,
  "cluster-allow-pubsubshard-when-down": SWITCH,
  "cluster-allow-reads-when-down": SWITCH,
  "cluster-preferred-endpoint-type": words("ip", "tls-dynamic"),
  "cluster-require-full-coverage": SWITCH,
  databases: from(1),
  "hash-max-listpack-entries": ANY,
  "hash-max-listpack-value": ANY,
  "hll-sparse-max-bytes": ANY,
  "latency-tracking": SWITCH,
  "lazyfree-lazy-eviction": SWITCH,
  "lazyfree-lazy-expire": SWITCH,
  "lazyfree-lazy-server-del": SWITCH,
  "lazyfree-lazy-user-del": SWITCH,
  "lfu-decay-time": ANY,
  "lfu-log-factor": from(1),
  "list-compress-depth": ANY,
  "maxmemory-samples": from(1),
  "min-replicas-max-lag": ANY,
  "min-replicas-to-write": ANY,
  "notify-keyspace-events": { form: /^[KEg$lshzxeA]*$/, of: "letters of K E g $ l s h z x e A" },
  "proto-max-bulk-len": from(1048576, 536870912),
  "rename-commands": { form: /^\S+( \S+)*$/, of: "commands and their new names, with one space between" },
  "repl-backlog-size": from(16384),
  "repl-backlog-ttl": ANY,
  "set-max-intset-entries": ANY,
  "slowlog-log-slower-than": from(-1),
  "slowlog-max-len": ANY,
  "stream-node-max-bytes": ANY,
  "stream-node-max-entries": ANY,
  "tcp-keepalive": ANY,
  timeout: { least: 20, or: 0 },
  "tracking-table-max-keys": ANY,
  "zset-max-listpack-entries": ANY,
  "zset-max-listpack-value": ANY,
};

const REMOVED_IN_EIGHT = [
  "lazyfree-lazy-eviction",
  "lazyfree-lazy-expire",
  "lazyfree-lazy-server-del",
  "lazyfree-lazy-user-del",
];

/** Its sections "Valkey 8.0", "8.1" and "8.2 parameter changes". */
const EIGHT: List = {
  ...Object.fromEntries(Object.entries(SEVEN).filter(([name]) => !REMOVED_IN_EIGHT.includes(name))),
  "commandlog-large-reply-max-len": from(0, 1024),
  "commandlog-large-request-max-len": from(0, 1024),
  "commandlog-reply-larger-than": from(-1),
  "commandlog-request-larger-than": from(-1),
  "extended-redis-compatibility": SWITCH,
  "maxmemory-samples": from(1, 64),
  "search-default-timeout-ms": from(1, 60000),
  "search-enable-partial-results": SWITCH,
  "search-fanout-target-mode": words("throughput", "client"),
};

/** By family; one that is newer than this program has none. Its section "Valkey 9.1 and 9.0" adds the last one. */
export const PARAMETERS: Readonly<Record<string, List>> = {
  redis7: SEVEN,
  valkey7: SEVEN,
  valkey8: EIGHT,
  valkey9: { ...EIGHT, "cluster-databases": from(1, 10000) },
};

/** Parameters that are there, with a value that nobody can change ("Modifiable: No"). */
export const UNCHANGEABLE: readonly string[] = [
  "activerehashing",
  "client-output-buffer-limit-replica-hard-limit",
  "client-output-buffer-limit-replica-soft-limit",
  "client-output-buffer-limit-replica-soft-seconds",
  "lua-time-limit",
  "maxclients",
  "maxmemory",
  "repl-timeout",
  "replica-allow-chaining",
  "replica-ignore-maxmemory",
  "replica-lazy-flush",
];

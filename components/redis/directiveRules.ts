import type { Role } from "./roles";
import { QUEUE_POLICY } from "./roles";

/** A directive that a role owns: the values that keep its promise, and why others break it. */
export interface Owned {
  readonly keeps: (args: readonly string[]) => boolean;
  readonly allowed: string;
  readonly why: string;
}

/** Directives for which a role has a setting of its own. */
export const REPLACED: ReadonlyMap<string, "port" | "maxMemory" | "password"> = new Map([
  ["port", "port"],
  ["maxmemory", "maxMemory"],
  ["requirepass", "password"],
  ["user", "password"],
  ["aclfile", "password"],
]);

/** Directives that no stack may set, under every name they have had, each with the reason and the way that is open. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ...refuse("it would open the server to others; the backend decides where Redis listens", [
    "bind",
    "bind-source-addr",
    "protected-mode",
    "unixsocket",
    "unixsocketperm",
    "unixsocketgroup",
  ]),
  // Redis 6: keys whose names begin with a slash are served without a password (redis.conf 6.2, "Gopher server").
  ...refuse("it would serve keys to clients without a password", ["gopher-enabled"]),
  ...refuse("the backend decides where the data lies, and a change would leave it behind", [
    "dir",
    "dbfilename",
    "appendfilename",
    "appenddirname",
  ]),
  ...refuse("it would run, read or write other files with the server's rights", [
    "include",
    "loadmodule",
    "enable-module-command",
    "enable-debug-command",
    "enable-protected-configs",
    "req-res-logfile",
  ]),
  // Deprecated as the remedy of CVE-2025-46818; the second name is Valkey's.
  ...refuse("it would let scripts out of Lua's sandbox", [
    "lua-enable-deprecated-api",
    "lua-enable-insecure-api",
  ]),
  ...refuse("BullMQ's scripts need every command under its own name", ["rename-command"]),
  ...refuse("a replica takes over another server's data and refuses writes", [
    "replicaof",
    "slaveof",
    "masterauth",
    "masteruser",
    "primaryauth",
    "primaryuser",
  ]),
  ...refuse("the server would be a sentinel and hold no data", ["sentinel"]),
  ...refuse("Valkey neither expires nor evicts while it imports", ["import-mode"]),
  ...refuse("the backend runs and watches the process", ["daemonize", "supervised", "pidfile", "logfile"]),
]);

/** The same for whole families, by how the name begins: versions add to them. */
export const REFUSED_FAMILIES: ReadonlyMap<string, string> = new Map([
  ["tls-", "the backend decides whether Redis speaks TLS"],
  ["rdma-", "it would open the server to others; the backend decides where Redis listens"],
  ["cluster-", "the topology is one server per role, and BullMQ's keys would need hash tags"],
]);

const SHUTDOWN: Owned = {
  keeps: (args) => args.every((arg) => ["default", "save", "now"].includes(arg)),
  allowed: '"default", "save" or "now"',
  why: "a queue is saved before it stops",
};

const NO_REPLICAS = only("a server without replicas would refuse every write", "0");

/** Directives that a role owns, under every name they have had. Values are compared in lower case. */
export const OWNED: Readonly<Record<Role, ReadonlyMap<string, Owned>>> = {
  cache: new Map([
    ["maxmemory-policy", unsettable("`cache.evictionPolicy`", "the policy has a setting of its own")],
    ["appendonly", only("a cache persists nothing", "no")],
    ["save", only("a cache persists nothing", "")],
    ["min-replicas-to-write", NO_REPLICAS],
    ["min-slaves-to-write", NO_REPLICAS],
  ]),
  queue: new Map([
    ["maxmemory-policy", only("a queue that evicts loses jobs", QUEUE_POLICY)],
    ["appendonly", only("a queue persists", "yes")],
    [
      "appendfsync",
      only("without fsync a host that dies takes half a minute of jobs with it", "everysec", "always"),
    ],
    ["no-appendfsync-on-rewrite", only("fsync would pause for as long as a rewrite lasts", "no")],
    ["aof-load-truncated", only("a crash may cut the AOF's last line, and Redis would not start", "yes")],
    ["rdbchecksum", only("a damaged file would be loaded as if it were whole", "yes")],
    [
      "save",
      {
        // Nine digits: more overflow Redis' integers.
        keeps: (args) => args.length % 2 === 0 && args.every((arg) => /^[1-9]\d{0,8}$/.test(arg)),
        allowed: 'pairs of seconds and changes, such as "900 1 300 10 60 10000"',
        why: "a queue keeps RDB snapshots beside its AOF",
      },
    ],
    ["shutdown-on-sigterm", SHUTDOWN],
    ["shutdown-on-sigint", SHUTDOWN],
    ["min-replicas-to-write", NO_REPLICAS],
    ["min-slaves-to-write", NO_REPLICAS],
  ]),
};

function refuse(reason: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [name, reason]);
}

function only(why: string, ...values: string[]): Owned {
  return {
    keeps: (args) => args.length === 1 && values.includes(args[0] ?? ""),
    allowed: values.map((value) => JSON.stringify(value)).join(" or "),
    why,
  };
}

function unsettable(allowed: string, why: string): Owned {
  return { keeps: () => false, allowed, why };
}

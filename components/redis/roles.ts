/** The two roles of the topology. */
export const Role = { Cache: "cache", Queue: "queue" } as const;
export type Role = (typeof Role)[keyof typeof Role];

export const ROLES: readonly Role[] = [Role.Cache, Role.Queue];

/** What a cache may do when it is full. Only the allkeys-* family: with a volatile-* policy, keys without a TTL fill it for good. */
export const EvictionPolicy = {
  AllkeysLru: "allkeys-lru",
  AllkeysLfu: "allkeys-lfu",
  AllkeysRandom: "allkeys-random",
} as const;
export type EvictionPolicy = (typeof EvictionPolicy)[keyof typeof EvictionPolicy];

export const EVICTION_POLICIES: readonly string[] = Object.values(EvictionPolicy);

/** What a queue does when it is full: refuse writes. One that evicts loses jobs. */
export const QUEUE_POLICY = "noeviction";

/** Everything that Redis has as maxmemory-policy (redis.conf, "maxmemory-policy"). */
export const REDIS_POLICIES: readonly string[] = [
  ...EVICTION_POLICIES,
  QUEUE_POLICY,
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
];

/** The server software. */
export const Engine = { Redis: "redis", Valkey: "valkey" } as const;
export type Engine = (typeof Engine)[keyof typeof Engine];

export const ENGINES: readonly string[] = Object.values(Engine);

/** One line of redis.conf: its name, then its arguments, unquoted. */
export type Directive = readonly [string, ...string[]];

/** `[seconds, changes]` pairs after which Redis writes an RDB snapshot of a queue. */
export const RDB_SCHEDULE: readonly (readonly [string, string])[] = [
  ["900", "1"],
  ["300", "10"],
  ["60", "10000"],
];

/** What makes a role the role it is. Every backend writes exactly these, and nothing may contradict them. */
export function roleDirectives(role: Role, maxMemory: number, evictionPolicy: string): Directive[] {
  const memory: Directive[] = [
    ["maxmemory", String(maxMemory)],
    ["maxmemory-policy", evictionPolicy],
  ];
  if (role === Role.Cache) return [...memory, ["appendonly", "no"], ["save", ""]];
  return [
    ...memory,
    ["appendonly", "yes"],
    ["appendfsync", "everysec"],
    // Redis 6.2 takes one pair a line; later versions add the lines up.
    ...RDB_SCHEDULE.map(([seconds, changes]): Directive => ["save", seconds, changes]),
  ];
}

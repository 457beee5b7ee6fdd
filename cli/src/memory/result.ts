import { ROLES } from "redis-topology/redis";
import { z } from "zod";
import type { State } from "../queues/keys";
import { STATES } from "../queues/keys";
import type { Amount, Tally } from "./tally";
import { partsInOrder } from "./tally";

const text = z.string();
const amounts = z.array(z.strictObject({ name: text, keys: z.number(), bytes: z.number() }));

/** The JSON of `memory`. */
export const MEMORY_RESULT = z.strictObject({
  roles: z.array(
    z.strictObject({
      role: z.enum(ROLES),
      keys: z.number(),
      /** Bytes of all keys as MEMORY USAGE says them. */
      bytes: z.number(),
      /** What the server uses, and what of it is data by its own account (used_memory minus overhead), where it says so. */
      used: z.number(),
      data: z.number().optional(),
      maxmemory: z.number(),
      types: amounts,
      queues: z.array(z.strictObject({ queue: text, bytes: z.number(), parts: amounts })),
      prefixes: amounts,
      biggest: z.array(z.strictObject({ key: text, type: text, bytes: z.number() })),
      /** What cleaning would give back, most first. */
      frees: z.array(
        z.strictObject({ queue: text, state: text, jobs: z.number(), bytes: z.number(), command: text }),
      ),
    }),
  ),
});
export type MemoryResult = z.infer<typeof MEMORY_RESULT>;
export type RoleMemory = MemoryResult["roles"][number];

/** States that `clean` takes. */
const CLEANED: readonly State[] = ["completed", "failed", "waiting", "delayed", "prioritized"];
const SHOWN_PREFIXES = 50;

/** What is told of a role's server. */
export function roleMemory(
  role: RoleMemory["role"],
  tally: Tally,
  server: Pick<RoleMemory, "used" | "data" | "maxmemory">,
): RoleMemory {
  const queues = Object.entries(tally.queues)
    .map(([queue, parts]) => ({ queue, bytes: sum(parts), parts: list(partsInOrder(parts)) }))
    .sort((a, b) => b.bytes - a.bytes);
  return {
    role,
    keys: tally.keys,
    bytes: tally.bytes,
    ...server,
    types: bySize(tally.types),
    queues,
    prefixes: bySize(tally.prefixes).slice(0, SHOWN_PREFIXES),
    biggest: tally.biggest,
    frees: queues
      .flatMap(({ queue, parts }) => parts.map((part) => ({ queue, ...part })))
      .filter(({ name }) => CLEANED.includes(name as State))
      .map(({ queue, name, keys, bytes }) => ({
        queue,
        state: name,
        jobs: keys,
        bytes,
        command: cleanCommand(queue, name),
      }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

/** A histogram of one command's latency: 3072 counts of 8 bytes, and its head (Redis 7, latency-tracking). */
const HISTOGRAM = 24_704;
/** An entry in the table of expiries is counted as 24 bytes and takes 32, where the allocator rounds. */
const EXPIRY_ROUNDING = 8;

/**
 * Bytes that a server holds for data, of MEMORY STATS: used memory minus its overhead, but with the entries in the table
 * of keys, which MEMORY USAGE counts with each key and the server as overhead; the table's slots stay overhead. Without
 * the latency histograms, which are neither. `info` is all of INFO, `latencystats` and `keyspace` included.
 */
export function dataBytes(stats: Readonly<Record<string, unknown>>, info: string): number {
  let data = Number(stats["dataset.bytes"] ?? 0);
  data -= HISTOGRAM * [...info.matchAll(/^latency_percentiles_usec_/gm)].length;
  for (const [, expires = 0] of info.matchAll(/^db\d+:keys=\d+,expires=(\d+)/gm))
    data -= EXPIRY_ROUNDING * Number(expires);
  for (const [name, value] of Object.entries(stats)) {
    if (!/^db\.\d+$/.test(name) || !Array.isArray(value)) continue;
    const main = Number(pairs(value)["overhead.hashtable.main"] ?? 0);
    const slots = 8 * 2 ** Math.ceil(Math.log2(Math.max(4, Number(stats["keys.count"] ?? 0))));
    data += Math.max(0, main - slots);
  }
  return Math.max(0, data);
}

/** A flat answer of names and values. */
export function pairs(flat: readonly unknown[]): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (let at = 0; at < flat.length; at += 2) entries.push([String(flat[at]), flat[at + 1]]);
  return Object.fromEntries(entries);
}

export function isState(name: string): boolean {
  return (STATES as readonly string[]).includes(name);
}

function cleanCommand(qualified: string, state: string): string {
  const at = qualified.lastIndexOf(":");
  const prefix = qualified.slice(0, at);
  const option = prefix === "bull" ? "" : ` --prefix '${prefix}'`;
  return `redis-topology queue ${qualified.slice(at + 1)} clean --state ${state}${option}`;
}

function bySize(amounts: Readonly<Record<string, Amount>>) {
  return list(Object.entries(amounts)).sort((a, b) => b.bytes - a.bytes);
}

function list(entries: readonly (readonly [string, Amount])[]) {
  return entries.map(([name, amount]) => ({ name, ...amount }));
}

function sum(amounts: Readonly<Record<string, Amount>>): number {
  return Object.values(amounts).reduce((total, { bytes }) => total + bytes, 0);
}

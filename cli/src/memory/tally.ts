import { z } from "zod";
import type { KeyPart } from "../queues/keys";
import { readPart, STATES } from "../queues/keys";

const amount = z.strictObject({ keys: z.number(), bytes: z.number() });
export type Amount = z.infer<typeof amount>;

/** Bytes and keys seen so far; plain data, so that a file can hold it. */
export const tallySchema = z.strictObject({
  keys: z.number(),
  bytes: z.number(),
  types: z.record(z.string(), amount),
  /** By `PREFIX:NAME`, then by state or part. */
  queues: z.record(z.string(), z.record(z.string(), amount)),
  /** Keys of no queue, by the text before the first `:`. */
  prefixes: z.record(z.string(), amount),
  biggest: z.array(z.strictObject({ key: z.string(), type: z.string(), bytes: z.number() })),
});
export type Tally = z.infer<typeof tallySchema>;

/** Prefixes kept apart at most; what comes after them is counted together, so that memory stays flat. */
const MAX_PREFIXES = 1000;
export const OTHER_PREFIXES = "(prefixes beyond the first 1000)";
/** The name under which a state's own index is counted, beside its jobs. */
const INDEX = "lists and sets of ids";

/** A key and what it takes. */
export interface Weighed {
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
}

export function newTally(): Tally {
  return { keys: 0, bytes: 0, types: {}, queues: {}, prefixes: {}, biggest: [] };
}

/** Counts a key in: under its queue's state or part where it has one, else under its prefix. */
export function count(
  tally: Tally,
  { key, type, bytes }: Weighed,
  place: { queue: string; part: string } | undefined,
  top: number,
): void {
  tally.keys++;
  tally.bytes += bytes;
  add(tally.types, type, bytes);
  if (place) {
    tally.queues[place.queue] ??= {};
    add(tally.queues[place.queue] as Record<string, Amount>, place.part, bytes);
  } else {
    const prefix = prefixOf(key);
    add(tally.prefixes, prefix in tally.prefixes || !isFull(tally) ? prefix : OTHER_PREFIXES, bytes);
  }
  noteBiggest(tally, { key, type, bytes }, top);
}

/** The text before a key's first `:`, with it; the whole of a key without one counts under `(no prefix)`. */
export function prefixOf(key: string): string {
  const at = key.indexOf(":");
  return at === -1 ? "(no prefix)" : key.slice(0, at + 1);
}

/** The queue of a key, or the relay, and what stands after it; undefined for a key of none. */
export function queueOf(
  key: string,
  queues: ReadonlySet<string>,
): { queue: string; part: KeyPart } | undefined {
  for (let at = key.indexOf(":"); at !== -1; at = key.indexOf(":", at + 1)) {
    const queue = key.slice(0, at);
    if (queues.has(queue)) return { queue, part: readPart(key.slice(at + 1)) };
  }
  const relay = RELAY.exec(key)?.[0];
  return relay === undefined ? undefined : { queue: relay, part: { kind: "queue", part: "relay" } };
}

/** BullMQ's relay (6.4) keeps its keys where a queue without a name would have them. */
const RELAY = /^[^:]+(?::[^:]+)*?::relay:[^:]+(?=:|$)/;

/** The name under which a queue's part that is no job is counted. */
export function partName(part: Exclude<KeyPart, { kind: "job" }>): string {
  if (part.kind === "state") return INDEX;
  return part.part === "events" || part.part === "relay" ? part.part : "settings and the rest";
}

/** Bytes by state, in the order of a job's life, then the rest. */
export function partsInOrder(parts: Readonly<Record<string, Amount>>): [string, Amount][] {
  const rank = (name: string) => {
    const at = (STATES as readonly string[]).indexOf(name);
    return at === -1 ? STATES.length : at;
  };
  return Object.entries(parts).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

function isFull({ prefixes }: Tally): boolean {
  return OTHER_PREFIXES in prefixes || Object.keys(prefixes).length >= MAX_PREFIXES;
}

function add(amounts: Record<string, Amount>, name: string, bytes: number): void {
  amounts[name] ??= { keys: 0, bytes: 0 };
  const amount = amounts[name] as Amount;
  amount.keys++;
  amount.bytes += bytes;
}

function noteBiggest(tally: Tally, weighed: Weighed, top: number): void {
  const { biggest } = tally;
  if (biggest.length >= top && weighed.bytes <= (biggest.at(-1)?.bytes ?? 0)) return;
  const at = biggest.findIndex(({ bytes }) => bytes < weighed.bytes);
  biggest.splice(at === -1 ? biggest.length : at, 0, { ...weighed });
  biggest.length = Math.min(biggest.length, top);
}

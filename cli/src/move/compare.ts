import { isDeepStrictEqual } from "node:util";
import type { Redis } from "ioredis";
import { until } from "../deadline";
import { numberOf, pipelined } from "../queues/pipeline";
import { toKey } from "./keys";
import type { KeyBytes } from "./route";

/** How a key at the target differs from the one at the source. */
export interface Difference {
  readonly key: KeyBytes;
  readonly what: "missing" | "another type" | "another value" | "another time to live";
}

/** Milliseconds that a time to live may differ by: what a batch takes on its way. */
const TTL_TOLERANCE_MS = 10_000;

/** Compares every key of a batch, by its whole value. What is gone at the source by now is no difference. */
export async function differences(
  source: Redis,
  target: Redis,
  keys: readonly KeyBytes[],
  signal: AbortSignal,
): Promise<Difference[]> {
  const [there, here] = await Promise.all([dumps(source, keys, signal), dumps(target, keys, signal)]);
  const found: Difference[] = [];
  for (const [at, key] of keys.entries()) {
    const [from, to] = [there[at], here[at]];
    if (!from?.value) continue;
    if (!to?.value) found.push({ key, what: "missing" });
    else if (Math.abs(from.ttl - to.ttl) > TTL_TOLERANCE_MS || from.ttl < 0 !== to.ttl < 0) {
      found.push({ key, what: "another time to live" });
    } else if (!from.value.equals(to.value)) {
      // The same value may be laid out differently: a set in another order, a list in other pieces.
      const what = await byContent(source, target, key, signal);
      if (what) found.push({ key, what });
    }
  }
  return found;
}

interface Dump {
  readonly ttl: number;
  readonly value: Buffer | undefined;
}

async function dumps(client: Redis, keys: readonly KeyBytes[], signal: AbortSignal): Promise<Dump[]> {
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const key of keys) pipeline.pttl(toKey(key)).dumpBuffer(toKey(key));
  });
  return keys.map((_, at) => {
    const value = answers[at * 2 + 1];
    return { ttl: numberOf(answers[at * 2]), value: Buffer.isBuffer(value) ? value : undefined };
  });
}

async function byContent(
  source: Redis,
  target: Redis,
  key: KeyBytes,
  signal: AbortSignal,
): Promise<Difference["what"] | undefined> {
  const [from, to] = await Promise.all([content(source, key, signal), content(target, key, signal)]);
  if (from.type !== to.type) return "another type";
  return isDeepStrictEqual(from.value, to.value) ? undefined : "another value";
}

/** A value as Redis tells it, in an order of its own where it has none. */
async function content(
  client: Redis,
  key: KeyBytes,
  signal: AbortSignal,
): Promise<{ type: string; value: unknown }> {
  const name = toKey(key);
  const type = await until(signal, client.type(name));
  return { type, value: await until(signal, read()) };

  async function read(): Promise<unknown> {
    if (type === "string") return client.getBuffer(name);
    if (type === "list") return client.lrangeBuffer(name, 0, -1);
    if (type === "set") return (await client.smembersBuffer(name)).map(hex).sort();
    if (type === "zset") return client.zrangeBuffer(name, "0", "-1", "WITHSCORES");
    if (type === "hash")
      return Object.entries(await client.hgetallBuffer(name))
        .map(pair)
        .sort();
    if (type === "stream") return client.xrangeBuffer(name, "-", "+");
    // A module's type has no reading of its own: the dump is all there is.
    return client.dumpBuffer(name);
  }
}

const hex = (value: Buffer) => value.toString("hex");
const pair = ([field, value]: [string, Buffer]) => `${field}\0${hex(value)}`;

import { setTimeout as sleep } from "node:timers/promises";
import type { MeasuredServer } from "./server";

/** What is written. */
export interface Data {
  readonly name: string;
  /** Bytes of an item's content. */
  readonly bytes: number;
  /** Lua that writes item number `n` with `content`, new or again. */
  readonly write: string;
}

const value = 'redis.call("SET", "page:" .. n, content)';

/** The hash and the set entry that BullMQ keeps for a completed job. */
const job = `
  redis.call("HSET", "bull:bench:" .. n, "name", "send", "data", content, "timestamp", 1700000000000 + n,
    "opts", '{"attempts":3,"backoff":{"type":"exponential","delay":2000}}', "delay", 0, "priority", 0,
    "processedOn", 1700000000000 + n, "finishedOn", 1700000000100 + n, "atm", 1, "returnvalue", "null")
  redis.call("ZADD", "bull:bench:completed", 1700000000100 + n, n)`;

const SMALL = 200;
const BIG = 100 * 1024;

export const smallValues: Data = { name: "values of 200 bytes", bytes: SMALL, write: value };
export const bigValues: Data = { name: "values of 100 KiB", bytes: BIG, write: value };
export const smallJobs: Data = { name: "jobs with 200 bytes of data", bytes: SMALL, write: job };
export const bigJobs: Data = { name: "jobs with 100 KiB of data", bytes: BIG, write: job };

/** Bytes of content that one call writes: a few milliseconds, so that Redis still does everything else it does. */
const BATCH_BYTES = 1024 * 1024;

/** Writes new items until the server's memory is full to this share; returns how many there are then. */
export async function fill(server: MeasuredServer, data: Data, share: number): Promise<number> {
  const size = batchSize(data);
  const maximum = await server.info("maxmemory");
  let count = 0;
  while ((await server.info("used_memory")) < share * maximum) {
    await write(server, data, FOLLOWING, count, size);
    count += size;
  }
  return count;
}

/** Writes items below `count` at random, until `done`; at most `perSecond`. Returns how many a second it were. */
export async function overwrite(
  server: MeasuredServer,
  data: Data,
  count: number,
  perSecond: number,
  done: () => Promise<boolean>,
): Promise<number> {
  const started = Date.now();
  const size = Math.min(batchSize(data), Math.ceil(perSecond / 20));
  let written = 0;
  while (!(await done())) {
    await write(server, data, RANDOM, count, size);
    written += size;
    const ahead = (written / perSecond) * 1000 - (Date.now() - started);
    if (ahead > 0) await sleep(ahead);
  }
  return (written * 1000) / (Date.now() - started);
}

function batchSize(data: Data): number {
  return Math.ceil(BATCH_BYTES / data.bytes / 10);
}

/** Lua for the number of the `i`-th item written: the next after `count`, or any below it. */
const FOLLOWING = "count + i";
const RANDOM = "math.random(0, count - 1)";

/** Written inside the server: a client would be slower than Redis, and the pages copied fewer than they can be. */
async function write(
  server: MeasuredServer,
  data: Data,
  number: string,
  count: number,
  size: number,
): Promise<void> {
  // One text for all calls: Redis keeps every script it has seen.
  const script = `math.randomseed(ARGV[1]) local content = ARGV[2] local count = tonumber(ARGV[3])
    for i = 0, ARGV[4] - 1 do local n = ${number} ${data.write} end`;
  const seed = Math.floor(Math.random() * 2 ** 31);
  await server.redis.eval(script, 0, seed, "x".repeat(data.bytes), count, size);
}

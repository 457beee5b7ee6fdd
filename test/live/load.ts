import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { info } from "./clients";

const VALUE_BYTES = 8 * 1024;
const BATCH = 200;

/** Writes batches of 8 KiB values, `filler:0` and up, until Redis refuses one; `between` runs after every batch. Returns the keys written. */
export async function fillUntilRefused(redis: Redis, between: () => Promise<void>): Promise<number> {
  for (let written = 0; ; ) {
    const refused = await writeBatch(redis, written);
    written += BATCH - refused.length;
    if (refused.length > 0) {
      const others = refused.filter((message) => !message.startsWith("OOM command not allowed"));
      if (others.length > 0) throw new Error(`Redis refused writes, but not for memory: ${others[0]}`);
      return written;
    }
    await between();
  }
}

/** Writes at least `bytes` in 8 KiB values under keys of their own; throws when Redis refuses one. */
export async function churn(redis: Redis, bytes: number): Promise<void> {
  for (let written = 0; written * VALUE_BYTES < bytes; written += BATCH) {
    const refused = await writeBatch(redis, written);
    if (refused.length > 0) throw new Error(`Redis refused a write: ${refused[0]}`);
  }
}

async function writeBatch(redis: Redis, from: number): Promise<string[]> {
  const pipeline = redis.pipeline();
  for (let index = from; index < from + BATCH; index += 1) {
    // Random, so that no page can be shared and no compression flatters the numbers.
    pipeline.set(`filler:${index}`, randomBytes(VALUE_BYTES));
  }
  const replies = (await pipeline.exec()) ?? [];
  return replies.flatMap(([error]) => (error ? [error.message] : []));
}

/** Overwrites half of every value from `from` up to `to`, round and round, for as long as one AOF rewrite takes. */
export async function overwriteDuringRewrite(redis: Redis, from: number, to: number): Promise<void> {
  await rewriteAof(redis);
  const half = "x".repeat(VALUE_BYTES / 2);
  let next = 0;
  do {
    const pipeline = redis.pipeline();
    for (let count = 0; count < BATCH; count += 1, next += 1) {
      pipeline.setrange(`filler:${from + (next % (to - from))}`, 0, half);
    }
    await pipeline.exec();
  } while (!(await redis.info("persistence")).includes("aof_rewrite_in_progress:0"));
}

/** Starts an AOF rewrite unless one is under way. */
export async function rewriteAof(redis: Redis): Promise<void> {
  await redis.bgrewriteaof().catch((error: Error) => {
    if (!/in progress/i.test(error.message)) throw error;
  });
}

/**
 * Waits for the moment after an fsync of the AOF. While one is under way Redis answers before it has handed a
 * write to the kernel (aof.c, flushAppendOnlyFile): the one exception that the guarantees name. The next comes a
 * second later. One that is never seen is over too fast to matter.
 */
export async function betweenFsyncs(redis: Redis): Promise<void> {
  const pending = async () => (await info(redis, "aof_pending_bio_fsync")) !== "0";
  const deadline = Date.now() + 2500;
  while (!(await pending()) && Date.now() < deadline);
  while (await pending());
}

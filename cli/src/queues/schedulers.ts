import type { Client } from "../redisClient";
import type { QueueId } from "./keys";
import { keyOf } from "./keys";
import { numberOf, pipelined } from "./pipeline";

/** Something that adds jobs by itself. */
export interface SchedulerLine {
  readonly id: string;
  readonly name?: string;
  /** A cron pattern, or `every 5000 ms`. */
  readonly repeats: string;
  readonly next: number;
  readonly timezone?: string;
  readonly runs?: number;
  /** A repeatable job from before BullMQ 5.16, which BullMQ 6 does not run. */
  readonly legacy: boolean;
}

/** The schedulers of a queue, in the order of their next run; with the repeatable jobs of older versions. */
export async function readSchedulers(
  client: Client,
  queue: QueueId,
  signal: AbortSignal,
): Promise<SchedulerLine[]> {
  const [flat] = await pipelined(client, signal, (pipeline) =>
    pipeline.zrange(keyOf(queue, "repeat"), "0", "999", "WITHSCORES"),
  );
  const entries = Array.isArray(flat) ? (flat as string[]) : [];
  const ids = entries.filter((_, at) => at % 2 === 0);
  const hashes = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) pipeline.hgetall(keyOf(queue, `repeat:${id}`));
  });
  return ids.map((id, at) =>
    schedulerLine(id, numberOf(entries[2 * at + 1]), hashes[at] as Record<string, string>),
  );
}

/** One entry. A scheduler counts its runs (`ic`); the key of a repeatable job is a hash, or its options in a row. */
export function schedulerLine(
  id: string,
  next: number,
  hash: Readonly<Record<string, string>>,
): SchedulerLine {
  const { name, pattern, every, tz, ic } = hash;
  const legacy = ic === undefined && (/^[0-9a-f]{32}$/.test(id) || id.split(":").length >= 5);
  return {
    id,
    ...(name !== undefined && { name }),
    repeats: pattern ?? (every === undefined ? (id.split(":").at(-1) ?? id) : `every ${every} ms`),
    next,
    ...(tz !== undefined && { timezone: tz }),
    ...(ic !== undefined && { runs: Number(ic) }),
    legacy,
  };
}

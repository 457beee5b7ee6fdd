import type { Redis } from "ioredis";
import { FailedError } from "../errors";
import { numberOf, pipelined } from "../queues/pipeline";
import { toKey } from "./keys";
import type { KeyBytes } from "./route";

/** What copying a batch came to. */
export interface Copied {
  readonly keys: number;
  readonly bytes: number;
}

/**
 * Copies keys with their value, type and time to live. One that the target has is left as it is there, for the comparison
 * to judge; one that is gone at the source is left out. Throws FailedError when the target refuses a value.
 */
export async function copyKeys(
  source: Redis,
  target: Redis,
  keys: readonly KeyBytes[],
  signal: AbortSignal,
): Promise<Copied> {
  const read = await pipelined(source, signal, (pipeline) => {
    for (const key of keys) pipeline.pttl(toKey(key)).dumpBuffer(toKey(key));
  });
  const values = keys.flatMap((key, at) => {
    const [ttl, value] = [read[at * 2], read[at * 2 + 1]];
    if (ttl instanceof Error)
      throw new FailedError(`The source does not tell a key's time to live: ${ttl.message}.`);
    if (value instanceof Error)
      throw new FailedError(`The source does not give a value (DUMP): ${value.message}.`);
    return Buffer.isBuffer(value) ? [{ key, ttl: Math.max(0, numberOf(ttl)), value }] : [];
  });
  const answers = await pipelined(target, signal, (pipeline) => {
    for (const { key, ttl, value } of values) pipeline.restore(toKey(key), ttl, value);
  });
  let copied = { keys: 0, bytes: 0 };
  for (const [at, answer] of answers.entries()) {
    if (!(answer instanceof Error)) {
      copied = { keys: copied.keys + 1, bytes: copied.bytes + (values[at]?.value.length ?? 0) };
    } else if (!answer.message.startsWith("BUSYKEY")) throw new FailedError(refusal(answer.message));
  }
  return copied;
}

function refusal(message: string): string {
  if (/DUMP payload version/.test(message)) {
    return "The target cannot read the source's values: it is older, or another engine. Move to the same version or a newer one.";
  }
  if (/^OOM/.test(message)) {
    return "The target is full. Raise `queue.maxMemory`, bring the stack up, and run this again with --merge.";
  }
  return `The target refuses a value (RESTORE): ${message}.`;
}

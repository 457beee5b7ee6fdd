import { Role } from "redis-topology/redis";
import type { QueueId } from "../queues/keys";
import { keyOf } from "../queues/keys";

/** A key as its bytes, one a character: Redis' keys are no text. */
export type KeyBytes = string;

export const bytesOf = (key: Buffer): KeyBytes => key.toString("latin1");

/** Where a key goes: its queue, or the cache. */
export interface Destination {
  readonly role: Role;
  readonly queue?: QueueId;
}

const CACHE: Destination = { role: Role.Cache };

/** What sorts keys: all of a queue found go to the queue, whatever its prefix; every other one to the cache. */
export function routing(queues: readonly QueueId[]): (key: KeyBytes) => Destination {
  const byStart = new Map(
    queues.map((queue) => [
      bytesOf(Buffer.from(keyOf(queue, ""))),
      { role: Role.Queue, queue } as Destination,
    ]),
  );
  return (key) => {
    // From the longest start on: a queue's own prefix may begin like another queue.
    for (let at = key.lastIndexOf(":"); at > 0; at = key.lastIndexOf(":", at - 1)) {
      const found = byStart.get(key.slice(0, at + 1));
      if (found) return found;
    }
    return CACHE;
  };
}

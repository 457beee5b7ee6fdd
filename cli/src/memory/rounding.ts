/** What decides how an allocator rounds. */
export interface Allocation {
  /** `mem_allocator` of INFO. */
  readonly allocator: string;
  readonly redisVersion: string;
  /** Set by Valkey alone. */
  readonly valkeyVersion?: string;
}

/** What is known of a key's value. */
export interface Shape {
  readonly type: string;
  readonly encoding: string;
  /** Elements. */
  readonly size: number;
}

/**
 * Bytes that a key takes beyond what MEMORY USAGE says. Redis 7 and 8 count an entry of a table as the 24 bytes of its
 * struct, where jemalloc hands out 32 (its classes are 8, 16, 32, 48, 64, …), and a table as 56, where it hands out 64
 * (redis/src/object.c, objectComputeSize). Valkey 8 has tables without such entries.
 */
export function roundingOf({ type, encoding, size }: Shape, allocation: Allocation): number {
  if (!roundsUp(allocation)) return 0;
  if (encoding === "skiplist") return KEY_ENTRY + TABLE + ENTRY * size;
  if (encoding !== "hashtable") return KEY_ENTRY;
  // Since 7.2, an entry of a set has no value: 16 bytes, which are not rounded.
  if (type === "set" && !isBefore(allocation.redisVersion, 7, 2)) return KEY_ENTRY + TABLE;
  return KEY_ENTRY + TABLE + ENTRY * size;
}

const KEY_ENTRY = 8;
const TABLE = 8;
const ENTRY = 8;

function roundsUp({ allocator, valkeyVersion }: Allocation): boolean {
  return allocator.startsWith("jemalloc") && (valkeyVersion === undefined || isBefore(valkeyVersion, 8, 0));
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first < major || (first === major && second < minor);
}

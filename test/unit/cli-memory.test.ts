import { expect, test } from "vitest";
import { dataBytes } from "../../cli/src/memory/result";
import { roundingOf } from "../../cli/src/memory/rounding";
import { count, newTally, OTHER_PREFIXES, prefixOf, queueOf } from "../../cli/src/memory/tally";

const REDIS_7 = { allocator: "jemalloc-5.3.0", redisVersion: "7.0.15" };

test.each([
  ["a small hash", { type: "hash", encoding: "listpack", size: 5 }, REDIS_7, 8],
  ["a big hash", { type: "hash", encoding: "hashtable", size: 10 }, REDIS_7, 96],
  ["a big sorted set", { type: "zset", encoding: "skiplist", size: 10 }, REDIS_7, 96],
  ["a big set", { type: "set", encoding: "hashtable", size: 10 }, REDIS_7, 96],
  [
    "a big set of 7.2",
    { type: "set", encoding: "hashtable", size: 10 },
    { ...REDIS_7, redisVersion: "7.2.4" },
    16,
  ],
  [
    "another allocator",
    { type: "hash", encoding: "hashtable", size: 10 },
    { ...REDIS_7, allocator: "libc" },
    0,
  ],
  ["Valkey 8", { type: "hash", encoding: "hashtable", size: 10 }, { ...REDIS_7, valkeyVersion: "8.1.0" }, 0],
])("the allocator rounds %s by %j", (_what, shape, allocation, bytes) => {
  expect(roundingOf(shape, allocation)).toBe(bytes);
});

test("data is used memory minus overhead, the table of keys counted and the histograms not", () => {
  const info =
    "latency_percentiles_usec_get:p50=1\r\nlatency_percentiles_usec_set:p50=1\r\ndb0:keys=4,expires=2,avg_ttl=0\r\n";
  const stats = {
    "dataset.bytes": "100000",
    "keys.count": 4,
    "db.0": ["overhead.hashtable.main", 192, "overhead.hashtable.expires", 0],
  };
  expect(dataBytes(stats, info)).toBe(100_000 - 2 * 24_704 - 2 * 8 + (192 - 8 * 4));
});

test("a key belongs to the queue whose name it begins with", () => {
  const queues = new Set(["bull:mail", "my:app:mail"]);
  expect(queueOf("bull:mail:17:logs", queues)).toEqual({
    queue: "bull:mail",
    part: { kind: "job", id: "17", part: "logs" },
  });
  expect(queueOf("my:app:mail:wait", queues)).toEqual({
    queue: "my:app:mail",
    part: { kind: "state", state: "waiting" },
  });
  expect(queueOf("bull:mailbox:17", queues)).toBeUndefined();
  expect(queueOf("bull::relay:namespaces", queues)?.queue).toBe("bull::relay:namespaces");
  expect(queueOf("my:app::relay:{orders}:inbox:7", queues)).toEqual({
    queue: "my:app::relay:{orders}",
    part: { kind: "queue", part: "relay" },
  });
  expect(queueOf("::relay:orders:x", queues)).toBeUndefined();
});

test("prefixes without end fill no memory, and the biggest keys stay in order", () => {
  const tally = newTally();
  const sizes = Array.from({ length: 3000 }, (_, at) => (at * 7919) % 3001);
  sizes.forEach((bytes, at) => {
    count(tally, { key: `p${at}:x`, type: "string", bytes }, undefined, 3);
  });
  expect(Object.keys(tally.prefixes)).toHaveLength(1001);
  expect(tally.prefixes[OTHER_PREFIXES]?.keys).toBe(2000);
  expect(tally.biggest.map(({ bytes }) => bytes)).toEqual(sizes.sort((a, b) => b - a).slice(0, 3));
  expect(prefixOf("plain")).toBe("(no prefix)");
});

import { expect, test } from "vitest";
import {
  ENGINES,
  EVICTION_POLICIES,
  RDB_SCHEDULE,
  ROLES,
  roleDirectives,
} from "../../components/redis/roles";

test("a cache is bounded, evicts and persists nothing", () => {
  expect(roleDirectives("cache", 268_435_456, "allkeys-lfu")).toEqual([
    ["maxmemory", "268435456"],
    ["maxmemory-policy", "allkeys-lfu"],
    ["appendonly", "no"],
    ["save", ""],
  ]);
});

test("a queue is bounded, never evicts, and persists by AOF and snapshots", () => {
  expect(roleDirectives("queue", 671_088_640, "noeviction")).toEqual([
    ["maxmemory", "671088640"],
    ["maxmemory-policy", "noeviction"],
    ["appendonly", "yes"],
    ["appendfsync", "everysec"],
    ["save", "900", "1"],
    ["save", "300", "10"],
    ["save", "60", "10000"],
  ]);
});

test("the names are those that users write", () => {
  expect(ROLES).toEqual(["cache", "queue"]);
  expect(EVICTION_POLICIES).toEqual(["allkeys-lru", "allkeys-lfu", "allkeys-random"]);
  expect(ENGINES).toEqual(["redis", "valkey"]);
  expect(RDB_SCHEDULE.flat().join(" ")).toBe("900 1 300 10 60 10000");
});

import { describe, expect, test } from "vitest";
import type { AlertMetric } from "../../components/planning/alerts";
import { alertsFor, thresholdProblems } from "../../components/planning/alerts";
import { ROLES } from "../../components/redis/roles";

const table = (role: "cache" | "queue", thresholds = {}) =>
  alertsFor(role, thresholds).map(({ name, metric, above, forSeconds, severity }) => [
    name,
    metric,
    above,
    forSeconds,
    severity,
  ]);

const BOTH = [
  ["RedisDown", "down", 0, 300, "critical"],
  ["RedisMemoryHigh", "memoryPercent", 80, 300, "warning"],
  ["RedisConnectionsHigh", "connections", 100, 300, "warning"],
  ["RedisConnectionsRejected", "rejectedConnections", 0, 300, "critical"],
  ["RedisRestarts", "restarts", 0, 300, "warning"],
  ["RedisEngineCpuHigh", "engineCpuPercent", 90, 300, "warning"],
  ["RedisSwap", "swapBytes", 52_428_800, 300, "warning"],
];
const QUEUE = [
  ["RedisQueueEvictions", "evictedKeys", 0, 60, "critical"],
  ["RedisWritesRefused", "refusedWrites", 0, 60, "critical"],
  ["RedisAofWriteFailing", "aofWriteFailing", 0, 60, "critical"],
  ["RedisAofRewriteFailing", "aofRewriteFailing", 0, 300, "warning"],
  ["RedisRdbSaveFailing", "rdbSaveFailing", 0, 300, "critical"],
  ["RedisNoRecentSave", "secondsSinceSave", 7200, 300, "warning"],
  ["RedisVolumeNearlyFull", "volumePercent", 80, 300, "critical"],
  ["RedisReplicationLag", "replicationLagSeconds", 10, 300, "warning"],
];

test("the alerts of a cache, and those a queue has besides", () => {
  expect(table("cache")).toEqual(BOTH);
  expect(table("queue")).toEqual([...BOTH, ...QUEUE]);
});

test("a cache that evicts does its work: no alert", () => {
  const metrics: AlertMetric[] = alertsFor("cache").map(({ metric }) => metric);
  expect(metrics).not.toContain("evictedKeys");
});

test("every threshold is applied, 0 too, and changes nothing else", () => {
  const thresholds = { memoryPercent: 70, connections: 50, volumePercent: 0, secondsSinceSave: 60 };
  const changed = Object.fromEntries(Object.entries(thresholds));
  expect(table("queue", thresholds)).toEqual(
    [...BOTH, ...QUEUE].map(([name, metric, above, ...rest]) => [
      name,
      metric,
      changed[metric as string] ?? above,
      ...rest,
    ]),
  );
});

describe.each(ROLES)("every alert of a %s", (role) => {
  const alerts = alertsFor(role);

  test("has a name of its own and its role", () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    expect(new Set(alerts.map(({ metric }) => metric)).size).toBe(alerts.length);
    expect(new Set(alerts.map((alert) => alert.role))).toEqual(new Set([role]));
  });

  test.each(alerts.map((alert) => [alert.name, alert] as const))("%s can be read", (name, alert) => {
    expect(name).toMatch(/^Redis([A-Z][a-z]+)+$/);
    expect(alert.runbook).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(alert.summary).toMatch(/^[A-Z][^\d\n]*[^.\d\n]$/);
    expect(alert.description).toMatch(/^[A-Za-z][^\n]*\.$/);
  });
});

test("thresholds that mean nothing are refused by name", () => {
  expect(thresholdProblems({ memoryPercent: 70, connections: 50, evictions: 0 })).toEqual([]);
  expect(
    thresholdProblems({ memoryPercent: 101, connections: -1 }).map(({ key, was, allowed }) => [
      key,
      was,
      allowed,
    ]),
  ).toEqual([
    ["alerts.memoryPercent", "101", "0 to 100"],
    ["alerts.connections", "-1", "0 or more"],
  ]);
});

import { expect, test } from "vitest";
import type { Check, Context } from "../../cli/src/checks/check";
import { expectationsOf } from "../../cli/src/checks/expectations";
import type { Facts } from "../../cli/src/checks/facts";
import { HEALTH_CHECKS } from "../../cli/src/checks/health";
import { SETTING_CHECKS } from "../../cli/src/checks/settings";
import type { Outcome } from "../../components/redis/guarantees";
import { elsewhere, kept, keptInOwnLog, lost } from "../../components/redis/guarantees";
import type { Role } from "../../components/redis/roles";

const { signal } = new AbortController();
const context = (role: Role, processCrash: Outcome): Context => ({
  expectations: expectationsOf(role, { processCrash }),
  signal,
});

function judge(name: string, facts: Partial<Facts>, outcome: Outcome = kept("AOF.")) {
  const check = [...HEALTH_CHECKS, ...SETTING_CHECKS].find(
    (candidate: Check<Facts>) => candidate.name === name,
  );
  return check?.judge({ info: {}, config: {}, ...facts }, context("queue", outcome));
}

test.each<[Role, Outcome, string, string]>([
  ["queue", kept("AOF."), "yes", "guarantees.queue.processCrash: kept, up to 0 s lost (AOF.)"],
  ["queue", kept("A replica.", 1), "any", "guarantees.queue.processCrash: kept, up to 1 s lost (A replica.)"],
  ["queue", keptInOwnLog("A log."), "any", "guarantees.queue.processCrash: kept, up to 0 s lost (A log.)"],
  ["queue", lost("No disk."), "any", "guarantees.queue.processCrash: lost (No disk.)"],
  ["cache", lost("A cache."), "no", "guarantees.cache.processCrash: lost (A cache.)"],
  ["queue", elsewhere("Ask them."), "any", "guarantees.queue.processCrash: somebody else's (Ask them.)"],
  ["cache", elsewhere("Ask them."), "any", "guarantees.cache.processCrash: somebody else's (Ask them.)"],
  ["cache", kept("A disk."), "any", "guarantees.cache.processCrash: kept, up to 0 s lost (A disk.)"],
])("a %s whose crash outcome is %j must persist: %s", (role, outcome, persistence, because) => {
  const policies = role === "queue" ? ["noeviction"] : ["allkeys-lru", "allkeys-lfu", "allkeys-random"];
  expect(expectationsOf(role, { processCrash: outcome })).toEqual({ role, policies, persistence, because });
});

test.each([
  ["AOF last write", "aof_last_write_status"],
  ["AOF last rewrite", "aof_last_bgrewrite_status"],
  ["RDB last save", "rdb_last_bgsave_status"],
])("%s passes with ok and fails with err", (name, field) => {
  const config = { appendonly: "yes" };
  expect(judge(name, { config, info: { [field]: "ok" } })).toEqual({ result: "pass", found: "ok" });
  expect(judge(name, { config, info: { [field]: "err" } })).toEqual({ result: "fail", found: "err" });
  expect(judge(name, { config })).toEqual({ result: "skip", found: "", why: `INFO ${field}: no such field` });
});

test.each([
  ["6.0.16", "fail"],
  ["5.0.14", "fail"],
  ["6.2.0", "pass"],
  ["7.0.15", "pass"],
  ["10.0.1", "pass"],
])("the version %s is a %s", (version, result) => {
  expect(judge("version", { info: { redis_version: version } })).toEqual({
    result,
    found: `redis ${version}`,
  });
});

test("Valkey is called by its own version", () => {
  const info = { redis_version: "7.2.4", valkey_version: "8.0.1" };
  expect(judge("version", { info })).toEqual({ result: "pass", found: "valkey 8.0.1" });
});

test("a service that hides a setting everywhere has it skipped, except the policy", () => {
  expect(judge("maxmemory", {})).toEqual({
    result: "skip",
    found: "",
    why: "CONFIG GET maxmemory: no such setting; INFO maxmemory: no such field",
  });
  expect(judge("policy", {})).toEqual({
    result: "fail",
    found: "unknown (CONFIG GET maxmemory-policy: no such setting; INFO maxmemory_policy: no such field)",
  });
});

test("CONFIG wins over INFO", () => {
  const facts = { config: { maxmemory: "33554432" }, info: { maxmemory: "0" } };
  expect(judge("maxmemory", facts)).toEqual({ result: "pass", found: "32Mi" });
});

test("what is not promised is shown and not judged", () => {
  expect(judge("AOF", { config: { appendonly: "no" } }, kept("A replica.", 1))).toEqual({
    result: "skip",
    found: "no",
    why: "a queue here need not have it; guarantees.queue.processCrash: kept, up to 1 s lost (A replica.)",
  });
});

test("a queue that a service keeps in its own log need not have an AOF", () => {
  const facts = { config: {}, info: { aof_enabled: "0" } };
  expect(judge("AOF", facts, keptInOwnLog("A log."))).toEqual({
    result: "skip",
    found: "no",
    why: "a queue here need not have it; guarantees.queue.processCrash: kept, up to 0 s lost (A log.)",
  });
});

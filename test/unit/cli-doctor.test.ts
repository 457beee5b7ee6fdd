import { release } from "node:os";
import { expect, test } from "vitest";
import { expectationsOf } from "../../cli/src/checks/expectations";
import { fsyncTimes, isThisHost } from "../../cli/src/doctor/host";
import { hostFindings } from "../../cli/src/doctor/hostFindings";
import { Candidates } from "../../cli/src/doctor/orphans";
import { serverFindings } from "../../cli/src/doctor/serverFindings";
import { endOfLife } from "../../cli/src/doctor/versions";
import { kept } from "../../components/redis/guarantees";

test.each([
  ["6.0.20", undefined, "before 2024"],
  ["6.2.21", undefined, "after 2025"],
  ["7.0.15", undefined, "by August 2025"],
  ["7.2.11", undefined, "by August 2025"],
  ["7.4.6", undefined, undefined],
  ["8.2.1", undefined, undefined],
  ["7.2.4", "8.1.3", undefined],
])("the life of Redis %s (Valkey %s) ended %s", (redis, valkey, ended) => {
  expect(endOfLife(redis, valkey)).toBe(ended);
});

const GOOD = {
  redis_version: "8.2.1",
  aof_enabled: "1",
  used_memory: String(50 * 1024 ** 2),
  maxmemory: String(100 * 1024 ** 2),
};
const CONFIG = {
  maxmemory: GOOD.maxmemory,
  "maxmemory-policy": "noeviction",
  appendonly: "yes",
  save: "900 1",
};

async function found(info: Record<string, string>, appendfsync = "everysec", clients = "id=1 name= age=1") {
  const context = {
    expectations: expectationsOf("queue", { processCrash: kept("In the AOF.") }),
    signal: new AbortController().signal,
  };
  const facts = { info: { ...GOOD, ...info }, config: CONFIG };
  const findings = await serverFindings({ facts, appendfsync, clients }, context);
  return findings.map(({ id, level }) => `${level} ${id}`);
}

test.each<[what: string, info: Record<string, string>, findings: string[]]>([
  ["nothing", {}, []],
  ["an AOF that cannot be written", { aof_last_write_status: "err" }, ["problem aof-last-write-status"]],
  [
    "an AOF that cannot be rewritten",
    { aof_last_bgrewrite_status: "err" },
    ["problem aof-last-bgrewrite-status"],
  ],
  ["a snapshot that failed", { rdb_last_bgsave_status: "err" }, ["problem rdb-last-bgsave-status"]],
  ["a slow disk", { aof_delayed_fsync: "3" }, ["warning fsync-delayed"]],
  ["slow forks", { latest_fork_usec: "2500000" }, ["warning fork-slow"]],
  ["evictions", { evicted_keys: "1" }, ["problem evicted"]],
  ["memory above 80 %", { used_memory: String(85 * 1024 ** 2) }, ["warning memory-high"]],
  ["memory above 95 %", { used_memory: String(96 * 1024 ** 2) }, ["problem memory-high"]],
  [
    "fragmentation of what is worth it",
    { used_memory: String(70 * 1024 ** 2), mem_fragmentation_ratio: "1.8" },
    ["warning fragmented"],
  ],
  ["fragmentation of next to nothing", { mem_fragmentation_ratio: "9.1" }, []],
  ["refused connections", { rejected_connections: "4", maxclients: "100" }, ["problem connections-rejected"]],
  ["a version without fixes", { redis_version: "7.0.15" }, ["warning version-ended"]],
])("the server's own account shows %s", async (_what, info, findings) => {
  expect(await found(info)).toEqual(findings);
});

test("an AOF that the kernel writes when it likes is not what was promised", async () => {
  expect(await found({}, "no")).toEqual(["problem setting-appendfsync"]);
});

test("clients without a name are counted, but this command's own", async () => {
  expect(await found({}, "everysec", "id=1 name= age=1\nid=2 name=app age=1\nid=3 name= age=1")).toEqual([
    "note clients-unnamed",
  ]);
});

test.each<[what: string, host: Parameters<typeof hostFindings>[0], findings: string[]]>([
  ["nothing", { overcommit: "1", hugePages: "madvise", swapped: 0, diskFree: 1024 ** 4 }, []],
  ["overcommit", { overcommit: "0" }, ["warning overcommit"]],
  ["huge pages", { hugePages: "always" }, ["warning huge-pages"]],
  ["swap", { swapped: 5 * 1024 ** 2 }, ["problem swapped"]],
  ["no room for a rewrite", { diskFree: 40 * 1024 ** 2 }, ["problem disk-short"]],
  ["no room for full data", { diskFree: 150 * 1024 ** 2 }, ["warning disk-growth"]],
  [
    "a slow disk",
    { fsync: { p50: 20, p99: 180, samples: 200, jobsPerSecondAlways: 9 } },
    ["warning fsync-slow"],
  ],
])("the machine shows %s", (_what, host, findings) => {
  expect(hostFindings(host, GOOD, "queue").map(({ id, level }) => `${level} ${id}`)).toEqual(findings);
});

test("a disk allows as many jobs as their three writes leave time for", () => {
  const times = [...Array(98).fill(1), 2, 100];
  expect(fsyncTimes(times)).toEqual({ p50: 1, p99: 100, samples: 100, jobsPerSecondAlways: 166 });
});

test.each([
  ["127.0.0.1", `Linux ${release()} x86_64`, true],
  ["localhost", `Linux ${release()} x86_64`, true],
  ["127.0.0.1", "Linux 4.14.336 x86_64", false],
  ["127.0.0.1", undefined, false],
  ["203.0.113.7", `Linux ${release()} x86_64`, false],
])("a server at %s on %s is on this machine: %s", (host, os, here) => {
  expect(isThisHost(host, os)).toBe(here);
});

test("of any number of candidates a bounded sample is kept, of the late ones too", () => {
  const candidates = new Candidates(() => 0);
  for (let at = 0; at < 1000; at++) candidates.add(String(at));
  expect(candidates.count).toBe(1000);
  expect(candidates.sample).toHaveLength(200);
  expect(candidates.sample[0]).toBe("999");
});

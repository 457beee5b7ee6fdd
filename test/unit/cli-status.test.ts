import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "../../cli/src/main";
import { PROBLEM_KINDS } from "../../cli/src/status/problemKinds";
import type { Promised } from "../../cli/src/status/problems";
import { problem, problemsOf, sorted } from "../../cli/src/status/problems";
import { queuesNamedIn, throughput, workersIn } from "../../cli/src/status/queues";
import type { QueueStatus, ServerStatus } from "../../cli/src/status/report";
import type { ServerFacts } from "../../cli/src/status/server";
import { serverStatus } from "../../cli/src/status/server";
import { bytes, duration, percent } from "../../cli/src/status/words";
import type { Role } from "../../components/redis/roles";
import type { Thresholds } from "../../components/redis/thresholds";

const MIB = 1024 * 1024;
const NOW = 1_700_000_000;

/** INFO of a queue that is well, as Redis 7 has it. */
const INFO = {
  redis_version: "7.4.1",
  uptime_in_seconds: "86400",
  loading: "0",
  used_memory: String(100 * MIB),
  mem_clients_normal: String(MIB),
  maxmemory: String(256 * MIB),
  maxmemory_policy: "noeviction",
  mem_fragmentation_ratio: "1.1",
  connected_clients: "7",
  blocked_clients: "2",
  maxclients: "10000",
  total_commands_processed: "1000",
  evicted_keys: "0",
  rejected_connections: "0",
  aof_enabled: "1",
  aof_current_size: "5000",
  aof_last_write_status: "ok",
  aof_last_bgrewrite_status: "ok",
  rdb_last_save_time: String(NOW - 60),
  rdb_changes_since_last_save: "3",
  rdb_last_bgsave_status: "ok",
  role: "master",
};

function facts(
  now: Record<string, string> = {},
  before: Record<string, string> = {},
  seconds = 0.4,
): ServerFacts {
  const first = { at: 0, info: { ...INFO, ...before } };
  return {
    before: first,
    near: first,
    now: { at: seconds * 1000, info: { ...INFO, ...now } },
    time: NOW,
    fsync: "everysec",
  };
}

test("a server's fields, from INFO", () => {
  expect(serverStatus("queue", facts())).toEqual({
    version: "redis 7.4.1",
    uptimeSeconds: 86_400,
    loading: false,
    memory: {
      usedBytes: 100 * MIB,
      limitBytes: 256 * MIB,
      percent: 39.1,
      growthBytesPerSecond: 0,
      fragmentation: 1.1,
      policy: "noeviction",
    },
    clients: { connected: 7, limit: 10_000, blocked: 2 },
    opsPerSecond: 0,
    evicted: { total: 0, now: 0 },
    rejected: { total: 0, now: 0 },
    refusedWrites: { total: 0, now: 0 },
    persistence: {
      aof: { bytes: 5000, writes: "ok", rewrites: "ok", fsync: "everysec" },
      rdb: { savedAt: NOW - 60, unsavedChanges: 3, lastSave: "ok" },
      recoverableTo: "the last 2 s",
    },
  });
  expect(serverStatus("queue", facts({ valkey_version: "8.1.0" })).version).toBe("valkey 8.1.0");
});

test("time to full is at the rate of the data, without the buffers of clients", () => {
  const memory = (used: number, clients: number, seconds = 1) =>
    serverStatus(
      "queue",
      facts({ used_memory: String(used), mem_clients_normal: String(clients) }, {}, seconds),
    ).memory;
  expect(memory(101 * MIB, MIB)).toMatchObject({ growthBytesPerSecond: MIB, fullInSeconds: 155 });
  expect(memory(101 * MIB, MIB, 2)).toMatchObject({ growthBytesPerSecond: MIB / 2, fullInSeconds: 310 });
  expect(memory(110 * MIB, 11 * MIB)).toMatchObject({ growthBytesPerSecond: 0 });
  expect(memory(100 * MIB + 1000, MIB)).toMatchObject({ growthBytesPerSecond: 0 });
  const shrinking = memory(90 * MIB, MIB);
  expect([shrinking.growthBytesPerSecond, shrinking.fullInSeconds]).toEqual([-10 * MIB, undefined]);
});

test("commands a second are those between the two samples of this look", () => {
  const { now, before, ...rest } = facts({ total_commands_processed: "1201" });
  const earlier = { at: -5000, info: { ...INFO, total_commands_processed: "0" } };
  expect(serverStatus("queue", { ...rest, before: earlier, near: before, now }).opsPerSecond).toBe(500);
  expect(serverStatus("queue", facts({ total_commands_processed: "1001" })).opsPerSecond).toBe(0);
});

test("a cache's hits are those between the samples, else those since its start", () => {
  const hits = (now: Record<string, string>, before: Record<string, string>) =>
    serverStatus("cache", facts(now, before)).hitRate;
  const start = { keyspace_hits: "900", keyspace_misses: "100" };
  expect(hits({ keyspace_hits: "901", keyspace_misses: "103" }, start)).toBe(0.25);
  expect(hits(start, start)).toBe(0.9);
  expect(hits({}, {})).toBe(undefined);
});

test.each([
  [{}, "always", "the last write"],
  [{}, "no", "what the kernel had written, about the last 30 s"],
  [{}, undefined, "the last 2 s"],
  [{ aof_enabled: "0" }, undefined, "the snapshot of 60 s ago"],
  [{ aof_last_write_status: "err" }, "everysec", "the snapshot of 60 s ago"],
  [
    { aof_enabled: "0", rdb_changes_since_last_save: "0" },
    undefined,
    "now: nothing has changed since the snapshot",
  ],
  [
    { aof_enabled: "0", uptime_in_seconds: "60" },
    undefined,
    "nothing since its start: there is neither AOF nor a snapshot",
  ],
  [{ aof_enabled: "0", rdb_last_save_time: "" }, undefined, "unknown: the service does not tell"],
])("with %j and appendfsync %s it is recoverable to: %s", (info, fsync, expected) => {
  const { fsync: _, ...rest } = facts(info);
  const given = { ...rest, ...(fsync !== undefined && { fsync }) };
  expect(serverStatus("queue", given).persistence.recoverableTo).toBe(expected);
});

test("replication: of a primary the slowest replica, of a replica its link", () => {
  const replication = (info: Record<string, string>) => serverStatus("queue", facts(info)).replication;
  const replica = (state: string, lag: number) => `ip=10.0.0.1,port=6379,state=${state},offset=1,lag=${lag}`;
  expect(replication({})).toBe(undefined);
  expect(replication({ slave0: replica("online", 1), slave1: replica("online", 12) })).toEqual({
    role: "primary",
    replicas: 2,
    lagSeconds: 12,
    linkUp: true,
  });
  expect(replication({ slave0: replica("wait_bgsave", 0) })?.linkUp).toBe(false);
  const link = { role: "slave", master_link_status: "down", master_last_io_seconds_ago: "-1" };
  expect(replication(link)).toEqual({ role: "replica", replicas: 0, linkUp: false });
});

const QUEUE: QueueStatus = {
  prefix: "bull",
  name: "mail",
  waiting: 0,
  active: 0,
  delayed: 0,
  failed: 0,
  completed: 0,
  waitingChildren: 0,
  paused: false,
};

interface Given {
  role?: Role;
  info?: Record<string, string>;
  before?: Record<string, string>;
  queue?: Partial<QueueStatus>;
  thresholds?: Thresholds;
  promised?: Promised;
}

function said({
  role = "queue",
  info,
  before,
  queue,
  thresholds = {},
  promised = { aof: true, prefix: "bull" },
}: Given): string[] {
  const server: ServerStatus = serverStatus(role, facts(info, { ...memoryOf(info), ...before }));
  const queues = queue ? [{ ...QUEUE, ...queue }] : [];
  return problemsOf(role, server, queues, thresholds, promised, NOW).map(
    ({ kind, text }) => `${kind}: ${text}`,
  );
}

/** A memory that is not said to have been another stays as it is. */
function memoryOf(info: Record<string, string> = {}): Record<string, string> {
  return info.used_memory === undefined ? {} : { used_memory: info.used_memory };
}

const used = (mebibytes: number) => ({ used_memory: String(mebibytes * MIB) });

test("a server that is well has no problem", () => {
  expect(said({})).toEqual([]);
  expect(
    said({
      role: "cache",
      info: { ...used(256), evicted_keys: "9", maxmemory_policy: "allkeys-lru", aof_enabled: "0" },
    }),
  ).toEqual([]);
});

test.each<[Given, string]>([
  [
    { info: { loading: "1" } },
    "loading: It is reading its data from disk, and answers nothing else until it has.",
  ],
  [{ info: used(210) }, "memoryHigh: 82 % of maxmemory is used. When it is full, jobs are refused."],
  [
    { info: used(160), thresholds: { memoryPercent: 60 } },
    "memoryHigh: 63 % of maxmemory is used. When it is full, jobs are refused.",
  ],
  [
    { info: { ...used(210), mem_clients_normal: "0" }, before: { ...used(209), mem_clients_normal: "0" } },
    "memoryHigh: 82 % of maxmemory is used, and full in 18 s at the present rate. When it is full, jobs are refused.",
  ],
  [{ info: used(256) }, "writesRefused: It is full (100 % of maxmemory) and refuses writes."],
  [
    { info: { ...used(250), errorstat_OOM: "count=3" }, before: { errorstat_OOM: "count=3" } },
    "writesRefused: It is full (98 % of maxmemory) and refuses writes.",
  ],
  [
    { info: { errorstat_OOM: "count=3" } },
    "writesRefused: It is full (39 % of maxmemory) and refuses writes.",
  ],
  [
    { info: { errorstat_OOM: "count=3" }, before: { errorstat_OOM: "count=3" } },
    "writesWereRefused: It has refused 3 writes since its start, 1 d ago, for want of memory.",
  ],
  [
    { info: { maxmemory: "0" } },
    "noMemoryLimit: It has no maxmemory: the kernel ends it when the machine's memory does.",
  ],
  [
    { info: { ...used(200), mem_fragmentation_ratio: "1.8" } },
    "fragmentation: It holds 1.8 times the memory that its data needs.",
  ],
  [
    { info: { maxmemory_policy: "allkeys-lru" } },
    "evicts: Its policy is allkeys-lru and not noeviction: when it is full, it deletes jobs.",
  ],
  [
    { info: { evicted_keys: "3" } },
    "evicted: It has evicted 3 keys since its start, 1 d ago: jobs are lost. `CONFIG RESETSTAT` forgets the count.",
  ],
  [{ info: { rejected_connections: "1" } }, "rejects: It rejects clients: all 10000 connections are taken."],
  [
    { info: { rejected_connections: "1" }, before: { rejected_connections: "1" } },
    "rejected: It has rejected 1 clients since its start, 1 d ago.",
  ],
  [{ info: { connected_clients: "101" } }, "connectionsHigh: 101 clients are connected, more than 100."],
  [
    { info: { connected_clients: "51" }, thresholds: { connections: 50 } },
    "connectionsHigh: 51 clients are connected, more than 50.",
  ],
  [
    { info: { connected_clients: "95", maxclients: "100" } },
    "connectionsHigh: 95 clients are connected, of 100 that it takes.",
  ],
  [
    { info: { aof_enabled: "0" } },
    "noAof: Its AOF is off, though the stack's guarantees rest on it: a crash loses jobs.",
  ],
  [
    { info: { aof_last_write_status: "err" } },
    "aofWriteFailing: The AOF cannot be written: writes are refused until it can.",
  ],
  [
    { info: { aof_last_bgrewrite_status: "err" } },
    "aofRewriteFailing: The AOF cannot be rewritten: it grows until the disk is full.",
  ],
  [
    { info: { rdb_last_bgsave_status: "err" } },
    "rdbSaveFailing: The last RDB snapshot failed: writes may be refused until one succeeds.",
  ],
  [
    { info: { rdb_last_save_time: String(NOW - 10_000) } },
    "noRecentSave: The last RDB snapshot is 2 h 46 min old, with 3 changes since: backups made of it are as old.",
  ],
  [
    { info: { role: "slave", master_link_status: "down" } },
    "isReplica: It is a replica, and it has lost its primary: it takes no writes. The endpoint should lead to the primary.",
  ],
  [
    { info: { slave0: "state=wait_bgsave,lag=0" } },
    "replicaAway: A replica is not in step: a failover to it would lose what it lacks.",
  ],
  [
    { info: { slave0: "state=online,lag=70" } },
    "replicaLags: A replica is 1 min behind: a failover now would lose that.",
  ],
  [{ info: { uptime_in_seconds: "40" } }, "restarted: It was started 40 s ago."],
  [
    { queue: { waiting: 1, workers: 0, oldestWaitingMs: 90_000 } },
    "noWorkers: mail: 1 job waits, the oldest for 1 min, and no worker is connected.",
  ],
  [
    {
      queue: {
        waiting: 9,
        workers: 2,
        oldestWaitingMs: 7_200_000,
        completedPerMinute: 0,
        failedPerMinute: 0,
      },
    },
    "stands: mail: 9 jobs wait, the oldest for 2 h, and none has ended for a minute.",
  ],
  [{ queue: { waiting: 9, workers: 2, paused: true } }, "paused: mail is paused, and 9 jobs wait."],
  [
    { queue: { completedPerMinute: 3, failedPerMinute: 6 } },
    "failing: mail: 6 jobs a minute fail, and 3 succeed.",
  ],
])("%j: %s", (given, expected) => {
  expect(said(given)).toEqual([expected]);
});

test.each<[string, Given]>([
  ["more evictions are allowed", { info: { evicted_keys: "3" }, thresholds: { evictions: 3 } }],
  ["a small server's fragmentation says nothing", { info: { ...used(50), mem_fragmentation_ratio: "3" } }],
  [
    "an AOF is not promised",
    {
      info: { aof_enabled: "0", rdb_last_save_time: String(NOW - 10_000) },
      promised: { aof: false, prefix: "bull" },
    },
  ],
  [
    "a snapshot is old, and nothing has changed",
    { info: { rdb_last_save_time: "1", rdb_changes_since_last_save: "0" } },
  ],
  ["what the server does not tell of workers", { queue: { waiting: 9 } }],
  [
    "workers are at it",
    {
      queue: {
        waiting: 9,
        workers: 1,
        oldestWaitingMs: 7_200_000,
        completedPerMinute: 5,
        failedPerMinute: 0,
      },
    },
  ],
  ["few jobs fail", { queue: { completedPerMinute: 0, failedPerMinute: 4 } }],
])("no problem when %s", (_, given) => {
  expect(said(given)).toEqual([]);
});

test("the worst problem comes first", () => {
  const kinds = ["restarted", "memoryHigh", "down", "fragmentation"] as const;
  const problems = sorted(kinds.map((kind) => problem("queue", kind, "")));
  expect(problems.map(({ kind }) => kind)).toEqual(["down", "memoryHigh", "fragmentation", "restarted"]);
});

test("a queue's problem has the command for that queue, with its prefix where it is not the stack's", () => {
  const command = (prefix: string, name: string) =>
    problem("queue", "failing", "", { ...QUEUE, prefix, name }, "app").command;
  expect(command("app", "mail")).toBe("queue mail failures");
  expect(command("bull", "mail")).toBe("queue mail failures --prefix bull");
  expect(command("{a b}", "it's")).toBe("queue 'it'\\''s' failures --prefix '{a b}'");
});

test("every problem's heading is in the runbook, and its command exists", () => {
  const runbook = readFileSync(resolve(__dirname, "../../docs/operations.md"), "utf8");
  const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 ]/g, "")
      .replace(/ /g, "-"),
  );
  const commands = createProgram().commands.map((command) => command.name());
  for (const [kind, { command, runbook: anchor }] of Object.entries(PROBLEM_KINDS)) {
    expect([kind, anchors]).toEqual([kind, expect.arrayContaining([anchor])]);
    expect([kind, commands]).toEqual([kind, expect.arrayContaining([command.split(" ")[0]])]);
  }
});

test("workers are told by the names of their connections", () => {
  const mail = Buffer.from("mail").toString("base64");
  const odd = Buffer.from("ü/x").toString("base64");
  const list = [
    `id=1 addr=a name=bull:${mail} age=1`,
    `id=2 addr=a name=bull:${mail}:w:first age=1`,
    `id=3 addr=a name=bull:${mail}:qe age=1`,
    `id=4 addr=a name={app}:x:${odd} age=1`,
    "id=5 addr=a name= age=1",
    "id=6 addr=a name=app:not-base64! age=1",
  ].join("\n");
  expect(workersIn(list)).toEqual([
    { id: { prefix: "bull", name: "mail" }, count: 2 },
    { id: { prefix: "{app}:x", name: "ü/x" }, count: 1 },
  ]);
});

test("a key names the queues that it may belong to", () => {
  expect(queuesNamedIn("bull:mail:17")).toEqual([{ prefix: "bull", name: "mail" }]);
  expect(queuesNamedIn("{a}:b:mail:repeat")).toEqual([
    { prefix: "{a}", name: "b" },
    { prefix: "{a}:b", name: "mail" },
  ]);
  expect(["plain", "a:b", ":x:y", "a::b"].flatMap(queuesNamedIn)).toEqual([]);
});

test("jobs a minute, over the last minute or as far as the events reach back", () => {
  const now = 1_700_000_000_000;
  const event = (kind: string, age: number): [string, string[]] => [
    `${now - age}-0`,
    ["event", kind, "jobId", "1"],
  ];
  expect(throughput([], now)).toEqual({});
  const few = [
    event("completed", 10),
    event("active", 20),
    event("failed", 30_000),
    event("completed", 61_000),
  ];
  expect(throughput(few, now)).toEqual({ completedPerMinute: 1, failedPerMinute: 1 });
  const many = Array.from({ length: 100 }, (_, at) => event(at % 2 ? "completed" : "active", at * 60));
  expect(throughput(many, now)).toEqual({ completedPerMinute: 505, failedPerMinute: 0 });
});

test("numbers in words", () => {
  expect([0, 59, 60, 3599, 3600, 90_000, 86_400 * 3 + 3600 * 4].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "1 d 1 h",
    "3 d 4 h",
  ]);
  expect([0, 81.4, 99.7, 100, 120.5].map(percent)).toEqual(["0 %", "81 %", "99 %", "100 %", "120 %"]);
  expect([0, 640, 1536, 150 * 1024, 5 * 1024 ** 3, -2048].map(bytes)).toEqual([
    "0 B",
    "640 B",
    "1.5 KiB",
    "150 KiB",
    "5 GiB",
    "-2 KiB",
  ]);
});

import { describe, expect, test } from "vitest";
import { REFUSED, REFUSED_FAMILIES, REPLACED } from "../../components/redis/directiveRules";
import { mergeDirectives, readDirectives } from "../../components/redis/directives";
import { describe as describeProblem } from "../../components/redis/problems";
import type { Role } from "../../components/redis/roles";
import { ROLES, roleDirectives } from "../../components/redis/roles";

const messages = (role: Role, config: Record<string, string>) =>
  readDirectives(role, config).problems.map(describeProblem);
const read = (role: Role, config: Record<string, string>) => {
  expect(messages(role, config)).toEqual([]);
  return readDirectives(role, config).directives;
};

describe("refused on both roles", () => {
  const LISTENS = "it would open the server to others; the backend decides where Redis listens";
  const DATA = "the backend decides where the data lies, and a change would leave it behind";
  const FILES = "it would run, read or write other files with the server's rights";
  const REPLICA = "a replica takes over another server's data and refuses writes";
  const RUNS = "the backend runs and watches the process";
  const LUA = "it would let scripts out of Lua's sandbox";
  const TLS = "the backend decides whether Redis speaks TLS";
  const CLUSTER = "the topology is one server per role, and BullMQ's keys would need hash tags";

  const refusals: [string, string][] = [
    ["bind", LISTENS],
    ["bind-source-addr", LISTENS],
    ["protected-mode", LISTENS],
    ["unixsocket", LISTENS],
    ["unixsocketperm", LISTENS],
    ["unixsocketgroup", LISTENS],
    ["gopher-enabled", "it would serve keys to clients without a password"],
    ["dir", DATA],
    ["dbfilename", DATA],
    ["appendfilename", DATA],
    ["appenddirname", DATA],
    ["include", FILES],
    ["loadmodule", FILES],
    ["enable-module-command", FILES],
    ["enable-debug-command", FILES],
    ["enable-protected-configs", FILES],
    ["req-res-logfile", FILES],
    ["lua-enable-deprecated-api", LUA],
    ["lua-enable-insecure-api", LUA],
    ["rename-command", "BullMQ's scripts need every command under its own name"],
    ["replicaof", REPLICA],
    ["slaveof", REPLICA],
    ["masterauth", REPLICA],
    ["masteruser", REPLICA],
    ["primaryauth", REPLICA],
    ["primaryuser", REPLICA],
    ["sentinel", "the server would be a sentinel and hold no data"],
    ["import-mode", "Valkey neither expires nor evicts while it imports"],
    ["daemonize", RUNS],
    ["supervised", RUNS],
    ["pidfile", RUNS],
    ["logfile", RUNS],
  ];
  const families: [string, string][] = [
    ["tls-port", TLS],
    ["tls-auth-clients", TLS],
    ["tls-auth-clients-user", TLS],
    ["tls-key-file-pass", TLS],
    ["rdma-port", LISTENS],
    ["rdma-bind", LISTENS],
    ["cluster-enabled", CLUSTER],
    ["cluster-config-file", CLUSTER],
    ["cluster-announce-ip", CLUSTER],
  ];

  const replaced: [string, string][] = [
    ["port", "port"],
    ["maxmemory", "maxMemory"],
    ["requirepass", "password"],
    ["user", "password"],
    ["aclfile", "password"],
  ];

  test.each(replaced)("%s, which has a setting of its own", (name, setting) => {
    for (const role of ROLES) {
      expect(messages(role, { [name]: "x" })).toEqual([
        `${role}.config.${name}: given. Allowed: any directive but \`${name}\`. Remove it: set \`${role}.${setting}\` instead.`,
      ]);
    }
  });

  test("this table is complete", () => {
    expect(refusals.map(([name]) => name)).toEqual([...REFUSED.keys()]);
    expect(replaced).toEqual([...REPLACED]);
    expect([...REFUSED_FAMILIES.keys()]).toEqual(["tls-", "rdma-", "cluster-"]);
  });

  test.each([...refusals, ...families])("%s", (name, reason) => {
    for (const role of ROLES) {
      for (const [value, written] of [
        ["yes", name],
        ["no", name.toUpperCase()],
        ['"unclosed', name],
        ["", name],
      ] as const) {
        expect(messages(role, { [written]: value })).toEqual([
          `${role}.config.${written}: given. Allowed: any directive but \`${name}\`. Remove it: ${reason}.`,
        ]);
      }
    }
  });

  test("the message never holds the value, which may be a secret", () => {
    for (const name of ["requirepass", "masterauth", "user", "tls-key-file-pass"]) {
      expect(messages("queue", { [name]: "hunter2" }).join()).not.toContain("hunter2");
    }
  });
});

describe("owned by a role", () => {
  const keeps: [Role, string, string, string[]][] = [
    ["cache", "appendonly", "no", ["no"]],
    ["cache", "appendonly", "NO", ["no"]],
    ["cache", "save", '""', [""]],
    ["cache", "save", "''", [""]],
    ["cache", "appendfsync", "no", ["no"]],
    ["cache", "shutdown-on-sigterm", "nosave", ["nosave"]],
    ["cache", "min-replicas-to-write", "0", ["0"]],
    ["queue", "maxmemory-policy", "noeviction", ["noeviction"]],
    ["queue", "maxmemory-policy", '"NoEviction"', ["noeviction"]],
    ["queue", "appendonly", "yes", ["yes"]],
    ["queue", "appendfsync", "everysec", ["everysec"]],
    ["queue", "appendfsync", "always", ["always"]],
    ["queue", "no-appendfsync-on-rewrite", "no", ["no"]],
    ["queue", "aof-load-truncated", "yes", ["yes"]],
    ["queue", "rdbchecksum", "yes", ["yes"]],
    ["queue", "save", "60 1", ["60", "1"]],
    ["queue", "save", "900 1 60 10000", ["900", "1", "60", "10000"]],
    ["queue", "save", '"900 1 60 10000"', ["900", "1", "60", "10000"]],
    ["queue", "shutdown-on-sigterm", "default", ["default"]],
    ["queue", "shutdown-on-sigterm", "save now", ["save", "now"]],
    ["queue", "shutdown-on-sigint", '"save now"', ["save", "now"]],
    ["queue", "min-slaves-to-write", "0", ["0"]],
  ];
  test.each(keeps)("a %s may say: %s %s", (role, name, value, args) => {
    expect(read(role, { [name]: value })).toEqual([[name, ...args]]);
  });

  const NOTHING = "a cache persists nothing";
  const REPLICAS = "a server without replicas would refuse every write";
  const SAVED = "a queue is saved before it stops";
  const SCHEDULE = 'pairs of seconds and changes, such as "900 1 300 10 60 10000"';
  const SNAPSHOTS = "a queue keeps RDB snapshots beside its AOF";
  const EVICTS = "a queue that evicts loses jobs";
  const FSYNC = "without fsync a host that dies takes half a minute of jobs with it";
  const breaks: [Role, string, string, string, string][] = [
    [
      "cache",
      "maxmemory-policy",
      "allkeys-lru",
      "`cache.evictionPolicy`",
      "the policy has a setting of its own",
    ],
    ["cache", "appendonly", "yes", '"no"', NOTHING],
    ["cache", "appendonly", "no yes", '"no"', NOTHING],
    ["cache", "save", "60 1", '""', NOTHING],
    ["cache", "save", '" "', '""', NOTHING],
    ["cache", "save", '"" ""', '""', NOTHING],
    ["cache", "min-replicas-to-write", "1", '"0"', REPLICAS],
    ["queue", "min-slaves-to-write", "1", '"0"', REPLICAS],
    ["queue", "maxmemory-policy", "allkeys-lru", '"noeviction"', EVICTS],
    ["queue", "maxmemory-policy", "volatile-ttl", '"noeviction"', EVICTS],
    ["queue", "appendonly", "no", '"yes"', "a queue persists"],
    ["queue", "appendfsync", "no", '"everysec" or "always"', FSYNC],
    ["queue", "appendfsync", "NO", '"everysec" or "always"', FSYNC],
    ["queue", "no-appendfsync-on-rewrite", "yes", '"no"', "fsync would pause for as long as a rewrite lasts"],
    [
      "queue",
      "aof-load-truncated",
      "no",
      '"yes"',
      "a crash may cut the AOF's last line, and Redis would not start",
    ],
    ["queue", "rdbchecksum", "no", '"yes"', "a damaged file would be loaded as if it were whole"],
    ["queue", "save", '""', SCHEDULE, SNAPSHOTS],
    ["queue", "save", "''", SCHEDULE, SNAPSHOTS],
    ["queue", "save", '" "', SCHEDULE, SNAPSHOTS],
    ["queue", "save", "60", SCHEDULE, SNAPSHOTS],
    ["queue", "save", "60 0", SCHEDULE, SNAPSHOTS],
    ["queue", "save", "0 1", SCHEDULE, SNAPSHOTS],
    ["queue", "save", "-60 1", SCHEDULE, SNAPSHOTS],
    ["queue", "save", "60 1e3", SCHEDULE, SNAPSHOTS],
    ["queue", "save", "60 9999999999", SCHEDULE, SNAPSHOTS],
    ["queue", "shutdown-on-sigterm", "nosave", '"default", "save" or "now"', SAVED],
    ["queue", "shutdown-on-sigterm", "NoSave", '"default", "save" or "now"', SAVED],
    ["queue", "shutdown-on-sigterm", "save force", '"default", "save" or "now"', SAVED],
    ["queue", "shutdown-on-sigterm", '"nosave force"', '"default", "save" or "now"', SAVED],
    ["queue", "shutdown-on-sigint", "force", '"default", "save" or "now"', SAVED],
    ["queue", "shutdown-on-sigint", '""', '"default", "save" or "now"', SAVED],
  ];
  test.each(breaks)("a %s may not say: %s %s", (role, name, value, allowed, why) => {
    expect(messages(role, { [name]: value })).toEqual([
      `${role}.config.${name}: ${JSON.stringify(value)}. Allowed: ${allowed}. Remove it: ${why}.`,
    ]);
  });
});

test("what breaks no promise is the user's: the AOF keeps a queue, and each is a known operating choice", () => {
  const config = {
    "stop-writes-on-bgsave-error": "no",
    "auto-aof-rewrite-percentage": "0",
    "aof-load-corrupt-tail-max-size": "1024",
    "aof-use-rdb-preamble": "no",
    "maxmemory-clients": "10%",
    "maxmemory-eviction-tenacity": "50",
    "replica-ignore-maxmemory": "no",
    "client-query-buffer-limit": "64mb",
    "list-max-ziplist-size": "-2",
    server_cpulist: "0-1",
    "syslog-enabled": "yes",
    "crash-log-enabled": "no",
    "oom-score-adj": "relative",
    "set-proc-title": "no",
    "lua-time-limit": "100",
    "sanitize-dump-payload": "yes",
    "io-threads": "2",
    activedefrag: "yes",
    "repl-backlog-size": "16mb",
    constructor: "left to Redis, which knows its names",
  };
  for (const role of ROLES) {
    expect(read(role, config).map(([name]) => name)).toEqual(Object.keys(config));
  }
});

test.each<[string, string[]]>([
  ["32mb 8mb 60", ["32mb", "8mb", "60"]],
  ["  a \t b  ", ["a", "b"]],
  ["a\n", ["a"]],
  ['""', [""]],
  ['"a b" c', ["a b", "c"]],
  ["'it\\'s'", ["it's"]],
  ['"\\x68\\n\\q\\""', ['h\nq"']],
  ['"\\xc3\\xa9"', ["é"]],
  ['"\\x00"', ["\0"]],
  ["a # b", ["a", "#", "b"]],
  ["no\u00a0break", ["no\u00a0break"]],
])("the value %j is read as Redis reads it", (value, args) => {
  expect(read("cache", { "any-name": value })).toEqual([["any-name", ...args]]);
});

test.each<[string, string]>([
  ["", 'a value. Give the directive a value; for an empty one write "\\"\\"".'],
  [" \t ", 'a value. Give the directive a value; for an empty one write "\\"\\"".'],
  ['"open', "a value whose quotes are closed and followed by a space. Close the quotes."],
  ["'open", "a value whose quotes are closed and followed by a space. Close the quotes."],
  ["'open\\'", "a value whose quotes are closed and followed by a space. Close the quotes."],
  ['"a"b', "a value whose quotes are closed and followed by a space. Close the quotes."],
  [
    "20\nrequirepass x",
    "one line of text. Write a line break as \\n and a NUL byte as \\x00, in double quotes.",
  ],
  ['"a\nb"', "one line of text. Write a line break as \\n and a NUL byte as \\x00, in double quotes."],
  ["20\0", "one line of text. Write a line break as \\n and a NUL byte as \\x00, in double quotes."],
  ['"\\xff"', "text in UTF-8. Correct the bytes that are none."],
  ["\ud800", "text in UTF-8. Correct the bytes that are none."],
])("the value %j is refused", (value, rest) => {
  const was =
    value.trim() === ""
      ? JSON.stringify(value)
      : `a text of ${value.length} character${value.length === 1 ? "" : "s"}`;
  expect(messages("cache", { hz: value })).toEqual([`cache.config.hz: ${was}. Allowed: ${rest}`]);
});

test.each([
  "",
  " hz",
  "hz ",
  "maxmemory policy",
  "hz\nrequirepass",
  "#hz",
  '"include"',
  "module.option",
  "__proto__",
  "-hz",
  "é",
])("the name %j is refused, and stays inside its line of the message", (name) => {
  // What follows the first word may be a password.
  const [first, ...more] = name.trim().split(/\s+/);
  const named = JSON.stringify(more.length > 0 ? `${first} …` : name);
  expect(messages("queue", JSON.parse(`{${JSON.stringify(name)}:"1"}`))).toEqual([
    `queue.config: the name ${named}. Allowed: the name of a redis.conf directive (letters, digits, hyphens). Correct the name.`,
  ]);
});

test("a password in the wrong line is not repeated", () => {
  expect(
    messages("queue", { "requirepass hunter2": "1", appendonly: "yes hunter2", hz: "'hunter2" }),
  ).toEqual([
    'queue.config: the name "requirepass …". Allowed: the name of a redis.conf directive (letters, digits, hyphens). Correct the name.',
    'queue.config.appendonly: a text of 11 characters. Allowed: "yes". Remove it: a queue persists.',
    "queue.config.hz: a text of 8 characters. Allowed: a value whose quotes are closed and followed by a space. Close the quotes.",
  ]);
});

test("directives: what a caller from JavaScript gives is refused, not a crash", () => {
  const given = (config: unknown) =>
    readDirectives("queue", config as Record<string, string>).problems.map(
      ({ key, was }) => `${key}: ${was}`,
    );
  expect(given(null)).toEqual(["queue.config: null"]);
  expect(given("requirepass hunter2")).toEqual(["queue.config: a text of 19 characters"]);
  expect(given({ hz: { toString: 1 } })).toEqual(["queue.config.hz: an object of 1 key"]);
});

test("names are written in lower case, whatever letters look like small ones", () => {
  expect(read("cache", { HZ: "20", "tcp-bac\u212alog": "64" })).toEqual([
    ["hz", "20"],
    ["tcp-backlog", "64"],
  ]);
});

test("a directive given twice in different capitals is refused", () => {
  expect(messages("queue", { hz: "20", HZ: "100", Save: "60 1", save: "900 1" })).toEqual([
    "queue.config.HZ: `hz` a second time. Allowed: each directive once, since capitals make no difference. Remove one of the two.",
    "queue.config.save: `save` a second time. Allowed: each directive once, since capitals make no difference. Remove one of the two.",
  ]);
});

test("all problems at once, and the rest is read", () => {
  const { directives, problems } = readDirectives("queue", {
    port: "1",
    hz: "20",
    appendonly: "no",
    timeout: '"',
  });
  expect(problems.map(({ key }) => key)).toEqual([
    "queue.config.port",
    "queue.config.appendonly",
    "queue.config.timeout",
  ]);
  expect(directives).toEqual([["hz", "20"]]);
});

describe("mergeDirectives", () => {
  const own = roleDirectives("queue", 1024, "noeviction");

  test("the user's lines follow the role's and replace those of the same name", () => {
    expect(
      mergeDirectives(own, [
        ["appendfsync", "always"],
        ["hz", "20"],
      ]),
    ).toEqual([...own.filter(([name]) => name !== "appendfsync"), ["appendfsync", "always"], ["hz", "20"]]);
  });

  test("a schedule of the user's replaces the whole schedule, a pair a line", () => {
    const merged = mergeDirectives(own, [["save", "900", "1", "60", "100"]]);
    expect(merged.filter(([name]) => name === "save")).toEqual([
      ["save", "900", "1"],
      ["save", "60", "100"],
    ]);
  });

  test("buffer limits become a class a line; what is not whole groups is left for Redis to refuse", () => {
    const limits = "normal 0 0 0 pubsub 32mb 8mb 60".split(" ");
    expect(mergeDirectives([], [["client-output-buffer-limit", ...limits]])).toEqual([
      ["client-output-buffer-limit", "normal", "0", "0", "0"],
      ["client-output-buffer-limit", "pubsub", "32mb", "8mb", "60"],
    ]);
    expect(mergeDirectives([], [["client-output-buffer-limit", "normal", "0", "0"]])).toEqual([
      ["client-output-buffer-limit", "normal", "0", "0"],
    ]);
    expect(mergeDirectives([], [["save", ""]])).toEqual([["save", ""]]);
  });

  test("without any of the user's, the role's own stay", () => {
    expect(mergeDirectives(own, [])).toEqual(own);
  });
});

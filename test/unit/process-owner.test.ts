import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { holderOf } from "../../components/backends/process/server/claim";
import { serverEnvironment } from "../../components/backends/process/server/environment";
import { listeningSockets, lsofListeners } from "../../components/backends/process/server/listener";
import { isRedisFile } from "../../components/backends/process/server/remove";
import { stateHome } from "../../components/backends/process/server/state";

describe("who holds a marked folder", () => {
  const asked = { owner: "p/s/redis", directory: "/a/queue", state: "file:///a/state" };
  const there = { stateExists: true, runs: false };
  const of = (mark: { directory?: string; state?: string }) => ({ owner: "p/s/redis", ...mark });
  test.each([
    ["a name only, as versions before wrote it", of({}), there, undefined],
    ["after a destroy", of({ directory: "/a/queue" }), there, undefined],
    ["this state", of({ directory: "/a/queue", state: "file:///a/state" }), there, undefined],
    [
      "another state",
      of({ directory: "/a/queue", state: "file:///b/state" }),
      there,
      "p/s/redis of the state file:///b/state",
    ],
    [
      "another state that is gone, as after a clone was moved",
      of({ directory: "/a/queue", state: "file:///b/state" }),
      { stateExists: false, runs: true },
      undefined,
    ],
    ["a copy of another's folder", of({ directory: "/b/queue", state: "file:///b/state" }), there, undefined],
    [
      "another's folder, moved while its server ran",
      of({ directory: "/b/queue", state: "file:///b/state" }),
      { stateExists: true, runs: true },
      "p/s/redis of the state file:///b/state",
    ],
    ["another name", { owner: "p/t/redis" }, there, "p/t/redis"],
  ])("%s", (_, mark, found, holder) => {
    expect(holderOf(mark, asked, found)).toBe(holder);
  });
});

describe("the state of a run", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-state-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const home = path.join(folder, "home");
  const program = path.join(folder, "program/below");
  mkdirSync(home);
  mkdirSync(program, { recursive: true });
  mkdirSync(path.join(folder, "a state"));
  symlinkSync(path.join(folder, "a state"), path.join(folder, "link"));
  writeFileSync(
    path.join(home, "credentials.json"),
    JSON.stringify({ current: "s3://bucket/team?region=x" }),
  );
  const none = { PULUMI_HOME: path.join(folder, "nobody is logged in") };
  const of = (PULUMI_BACKEND_URL: string) => stateHome({ PULUMI_BACKEND_URL }, program);
  const state = `file://${folder}/a%20state`;

  test.each([
    ["encoded", `file://${folder}/a%20state`, state],
    ["as typed, with a query", `file://${folder}/a state/?no_tmp_dir=true`, state],
    ["through a link", `file://${folder}/link`, state],
    ["relative to the program", "file://../../a state", state],
    ["in the home folder", "file://~", `file://${homedir()}`],
    [
      "a service with a password in its URL",
      "postgres://me:secret@db/state?key=secret",
      "postgres://db/state",
    ],
  ])("%s", (_, url, expected) => {
    expect(of(url)).toBe(expected);
  });

  test("the variable, then the project, then the login, then Pulumi's service", () => {
    expect(stateHome(none, program)).toBe("https://api.pulumi.com");
    expect(stateHome({ PULUMI_HOME: home }, program)).toBe("s3://bucket/team");
    writeFileSync(
      path.join(folder, "program/Pulumi.yaml"),
      "name: x\nbackend:\n  url: https://pulumi.example\n",
    );
    expect(stateHome({ PULUMI_HOME: home }, program)).toBe("https://pulumi.example");
    expect(of("gs://bucket")).toBe("gs://bucket");
  });
});

describe("who listens", () => {
  const row = (address: string, port: string, state: string, inode: number) =>
    `   0: ${address}:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1`;
  const everywhere6 = "0".repeat(32);

  test.each([
    ["the address itself before all addresses", ["0100007F", "00000000"], ["socket:[1]"]],
    ["all addresses", ["0200007F", "00000000"], ["socket:[2]"]],
    ["all addresses of IPv6, which take IPv4 too", ["0200007F", everywhere6], ["socket:[2]"]],
    ["two that share the address", ["0100007F", "0100007F"], ["socket:[1]", "socket:[2]"]],
    ["nobody", ["0200007F", "0300007F"], []],
  ])("%s", (_, addresses, sockets) => {
    const table = addresses.map((address, index) => row(address, "18EB", "0A", index + 1)).join("\n");
    const others = [row("0100007F", "18EC", "0A", 8), row("0100007F", "18EB", "01", 9)].join("\n");
    expect(listeningSockets(`${table}\n${others}`, "127.0.0.1", 6379)).toEqual(sockets);
  });

  test("as lsof lists it", () => {
    const listing = "p10\nf6\nn127.0.0.1:6379\np11\nf3\nn*:6379\nf4\nn[::1]:6379\n";
    expect(lsofListeners(listing, "127.0.0.1")).toEqual([10]);
    expect(lsofListeners(listing, "127.0.0.2")).toEqual([11]);
    expect(lsofListeners("", "127.0.0.1")).toEqual([]);
  });
});

test.each([
  ["dump.rdb", true],
  ["temp-4711.rdb", true],
  ["temp-rewriteaof-bg-4711.aof", true],
  ["temp-appendonly.aof.manifest", true],
  ["appendonlydir", true],
  ["appendonly.aof", true],
  ["appendonly.aof.3.base.rdb", true],
  ["appendonly.aof.12.incr.aof", true],
  ["appendonly.aof.manifest", true],
  ["appendonlydir.before", false],
  ["appendonly.aof.1.incr.aof.bak", false],
  ["dump.rdb.yesterday", false],
  ["temporary.txt", false],
  ["core.4711", false],
])("%s is made by Redis: %s", (name, made) => {
  expect(isRedisFile(name)).toBe(made);
});

test("a server's environment", () => {
  expect(
    serverEnvironment({
      PATH: "/bin",
      LC_ALL: "C",
      PULUMI_CONFIG_PASSPHRASE: "secret",
      PATH_TO_KEY: "secret",
    }),
  ).toEqual({ PATH: "/bin", LC_ALL: "C" });
});

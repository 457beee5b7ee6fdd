import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { EngineAddress } from "../../components/backends/docker/address";
import { endpointHost, isRemote, parseAddress } from "../../components/backends/docker/address";
import type { DockerTopologyArgs } from "../../components/backends/docker/args";
import { engineClient } from "../../components/backends/docker/client";
import { planDocker } from "../../components/backends/docker/plan";
import { engineCheck, engineProblems, unreachable } from "../../components/backends/docker/reach";
import {
  healthCheck,
  memoryMiB,
  openFiles,
  settingsMark,
  startCommand,
  stopSeconds,
} from "../../components/backends/docker/server";
import type { RolePlan } from "../../components/redis/plan";
import { describe as say } from "../../components/redis/problems";
import { told } from "../../components/redis/sentence";

const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-docker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const queue = (args: DockerTopologyArgs = { queue: {} }) => planDocker(args).queue as RolePlan;

describe("refusals", () => {
  test.each<[string, DockerTopologyArgs, string[]]>([
    [
      "an address that is none",
      { queue: {}, host: "http://engine" },
      [
        "host: a text of 13 characters. Allowed: `unix:///path/to/docker.sock`, `npipe:////./pipe/docker_engine`, `ssh://user@machine` or `tcp://machine:2376`. Correct the address, or remove it for the local engine.",
      ],
    ],
    [
      "certificates and ssh options without an engine that takes them",
      { queue: {}, certPath: "/certs", sshOptions: ["-v"] },
      [
        "certPath: given. Allowed: nothing without a `tcp://` address in `host`. Remove it, or set `host`.",
        "sshOptions: given. Allowed: nothing without a `ssh://` address in `host`. Remove it, or set `host`.",
      ],
    ],
    [
      "a remote engine whose ports nobody could reach",
      { queue: {}, host: "ssh://ops@box" },
      [
        "bind: missing. Allowed: an IP address of the remote engine's machine, since its loopback is out of reach from here. Set it to an address that the applications reach and nobody else does; `127.0.0.1` for use on that machine only.",
      ],
    ],
    [
      "a bind that is no address",
      { queue: {}, bind: "box" },
      [
        "bind: a text of 3 characters. Allowed: an IP address of the engine's machine. Write an address, not a name; remove it for loopback.",
      ],
    ],
    [
      "short passwords where other machines may try them",
      { cache: { password: "short" }, queue: { previousPassword: "short" }, bind: "0.0.0.0" },
      [
        "cache.password: shorter than 16 characters. Allowed: 16 characters or more where `bind` (0.0.0.0) lets other machines in, or nothing. Remove the setting to have a password made, or bind to loopback.",
        "queue.password: shorter than 16 characters. Allowed: 16 characters or more where `bind` (0.0.0.0) lets other machines in, or nothing. Remove the setting to have a password made, or bind to loopback.",
      ],
    ],
    [
      "no password at all",
      { queue: { password: "" }, bind: "0.0.0.0" },
      [
        "queue.password: empty. Allowed: any text but the empty one, or nothing. Remove the setting to have a password made, or set a secret one.",
      ],
    ],
    [
      "an image beside a version, and for two engines",
      { cache: { engine: "valkey", version: "8" }, queue: {}, image: "mine:1" },
      [
        "image, cache.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
        "image: given. Allowed: nothing when the roles have two engines: one image holds one of them. Remove it, or make `cache.engine` and `queue.engine` the same.",
      ],
    ],
    [
      "root, and a volume that the engine would not take",
      { queue: {}, user: "0:0", volume: "-data" },
      [
        'user: "0:0". Allowed: a numeric uid other than 0, or `uid:gid`, such as `999:1000`. Name the user that owns `/data` in the image, by number.',
        "volume: a text of 5 characters. Allowed: the name of a volume: two or more letters, digits, `_`, `.` or `-`, a letter or digit first. Take a name that `docker volume ls` shows, or a new one.",
      ],
    ],
    [
      "sizes that a volume has not",
      { queue: { persistence: { size: "1Gi", storageClass: "fast" } } },
      [
        "queue.persistence.size: given. Allowed: nothing on the docker backend: a Docker volume has no size of its own, the engine's disk sets it. Remove the setting.",
        "queue.persistence.storageClass: given. Allowed: nothing on the docker backend: a Docker volume lies on the engine's disk. Remove the setting.",
      ],
    ],
  ])("%s", (_, args, messages) => {
    expect(planDocker(args).problems.map(say)).toEqual(messages);
  });

  test.each<DockerTopologyArgs>([
    { queue: {}, host: "unix:///run/user/1000/docker.sock" },
    { queue: {}, host: "tcp://localhost:2375" },
    { queue: {}, host: "ssh://ops@box", bind: "127.0.0.1" },
    { queue: { password: "short" }, bind: "::1" },
    { queue: {}, image: "localhost:5000/redis@sha256:00", user: "1001" },
  ])("accepted: %j", (args) => {
    expect(planDocker(args).problems).toEqual([]);
  });
});

describe("where the engine is", () => {
  test.each([
    ["unix:///run/docker.sock", { scheme: "unix", path: "/run/docker.sock" }],
    ["npipe:////./pipe/docker_engine", { scheme: "npipe", path: "//./pipe/docker_engine" }],
    ["tcp://engine", { scheme: "tcp", machine: "engine", port: 2376 }],
    ["tcp://[fd00::7]:80", { scheme: "tcp", machine: "fd00::7", port: 80 }],
    ["ssh://ops@box:2222", { scheme: "ssh", machine: "box" }],
    ["tcp://", undefined],
    ["engine:2376", undefined],
  ])("%s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  test("what is remote", () => {
    const remote = (text: string) => isRemote(parseAddress(text) as EngineAddress);
    expect(["tcp://engine", "ssh://10.0.0.7"].map(remote)).toEqual([true, true]);
    expect(["unix:///s", "tcp://localhost", "tcp://127.0.0.2:2375", "tcp://[::1]"].map(remote)).toEqual(
      Array(4).fill(false),
    );
  });

  test("how clients reach a published port", () => {
    const remote = parseAddress("ssh://ops@box");
    expect(endpointHost("127.0.0.1", undefined)).toBe("127.0.0.1");
    expect(endpointHost("0.0.0.0", undefined)).toBe("127.0.0.1");
    expect(endpointHost("::", undefined)).toBe("::1");
    expect(endpointHost("10.0.0.7", remote)).toBe("10.0.0.7");
    expect(endpointHost("0.0.0.0", remote)).toBe("box");
    expect(endpointHost("0.0.0.0", parseAddress("tcp://localhost:2375"))).toBe("127.0.0.1");
  });
});

describe("an engine that does not answer", () => {
  test("is looked for where the provider would look", () => {
    const local = { scheme: "unix", path: "/var/run/docker.sock" };
    const tried = (...args: Parameters<typeof engineCheck>) => {
      const check = engineCheck(...args);
      return check && "try" in check ? check.try : check;
    };
    expect(tried({}, {}, "linux")).toEqual(local);
    expect(tried({}, { DOCKER_HOST: "" }, "linux")).toEqual(local);
    expect(tried({}, {}, "win32")).toEqual({ scheme: "npipe", path: "//./pipe/docker_engine" });
    expect(tried({}, { DOCKER_HOST: "unix:///s" }, "linux")).toEqual({ scheme: "unix", path: "/s" });
    expect(tried({ host: "unix:///t" }, { DOCKER_HOST: "tcp://box" }, "linux")).toEqual({
      scheme: "unix",
      path: "/t",
    });
    expect(tried({}, { DOCKER_CONTEXT: "colima" }, "linux")).toBeUndefined();
    expect(tried({ host: "ssh://ops@box" }, {}, "linux")).toBeUndefined();
  });

  test("a remote DOCKER_HOST must be in the stack file, since endpoints depend on it", () => {
    const check = engineCheck({}, { DOCKER_HOST: "tcp://box:2376" }, "linux");
    expect(check && "problem" in check && say(check.problem)).toBe(
      "host: missing, and DOCKER_HOST names a remote engine. Allowed: the address of a remote engine, so that ports and endpoints are those of its machine. Set `host` to what DOCKER_HOST holds, or unset DOCKER_HOST.",
    );
  });

  test("the message says how to start one, or how to do without", () => {
    expect(say(unreachable("the engine at unix:///var/run/docker.sock", "ENOENT"))).toBe(
      "host: the engine at unix:///var/run/docker.sock does not answer (ENOENT). Allowed: a running Docker engine. Start it (`sudo systemctl start docker`, or Docker Desktop), name another one, or work without Docker: `pulumi stack select local`.",
    );
    expect(say(unreachable("the engine at unix:///var/run/docker.sock", "EACCES"))).toContain(
      "usermod -aG docker",
    );
  });

  test("a host that may be a secret is in no message", async () => {
    const [problem] = await engineProblems({ queue: {}, host: `unix://${path.join(folder, "hunter-two")}` });
    expect(problem && say(problem)).toMatch(
      /^host: the engine that `host` names does not answer \(ENOENT\)\./,
    );
    expect(problem && say(problem)).not.toContain("hunter");
    expect(() => engineClient({ host: "hunter-two" })).toThrow(
      new Error("DOCKER_HOST, or the context: not the address of an engine."),
    );
  });

  test("the question itself", async () => {
    const socket = path.join(folder, "docker.sock");
    const args = { queue: {}, host: `unix://${socket}` };
    expect((await engineProblems(args)).map(({ was }) => told(was, undefined))).toEqual([
      "the engine that `host` names does not answer (ENOENT)",
    ]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      expect(await engineProblems(args)).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe("the health check", () => {
  test.each([
    ["PONG", 0],
    ["LOADING Redis is loading the dataset in memory", 0],
    ["NOAUTH Authentication required.", 1],
    ["MISCONF Errors writing to the AOF file: No space left on device", 1],
    ["", 1],
  ])("an answer of %j", (answer, status) => {
    const cli = path.join(folder, "redis-cli");
    writeFileSync(cli, `#!/bin/sh\necho '${answer}'\n`);
    chmodSync(cli, 0o755);
    const { tests } = healthCheck(queue(), { image: "", server: "redis-server", cli: "redis-cli" });
    const script = tests[1]?.replace(/^read [^;]*;/, "") ?? "";
    const env = { PATH: `${folder}:${process.env.PATH}` };
    expect(spawnSync("sh", ["-c", script], { env }).status).toBe(status);
  });
});

describe("a queue's volume", () => {
  const image = { image: "", server: "echo started:", cli: "" };
  const start = (files: Record<string, string>) => {
    const data = mkdtempSync(path.join(folder, "data-"));
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(data, file)), { recursive: true });
      writeFileSync(path.join(data, file), content);
    }
    const [shell = "", flag = "", script = ""] = startCommand(queue(), image);
    const done = spawnSync(shell, [flag, script.replace("cd /data", `cd ${data}`)], { encoding: "utf8" });
    const old = path.join(data, "appendonly.aof");
    return { ...done, aof: existsSync(old) ? readFileSync(old, "utf8") : undefined, left: readdirSync(data) };
  };
  const MANIFEST = "appendonlydir/appendonly.aof.manifest";

  test.each<[string, Record<string, string>, string | undefined]>([
    ["nothing", {}, undefined],
    ["a manifest beside a snapshot", { [MANIFEST]: "file …", "dump.rdb": "older" }, undefined],
    ["a snapshot alone", { "dump.rdb": "jobs" }, "jobs"],
    ["an empty folder", { "dump.rdb": "jobs", "appendonlydir/temp-x": "" }, "jobs"],
    [
      "a rewrite that was killed",
      { "dump.rdb": "jobs", "appendonlydir/temp-appendonly.aof.1.incr.aof": "half" },
      "jobs",
    ],
    ["a conversion that was killed", { "dump.rdb": "jobs", "temp-appendonly.aof": "jo" }, "jobs"],
    ["the AOF of Redis 6", { "dump.rdb": "older", "appendonly.aof": "newer" }, "newer"],
    ["an AOF of Redis 6 that was never written", { "dump.rdb": "jobs", "appendonly.aof": "" }, "jobs"],
  ])("with %s is served", (_, files, aof) => {
    const done = start(files);
    expect([done.stdout, done.stderr]).toEqual(["started: /etc/redis-topology/redis.conf\n", ""]);
    expect(done.aof).toBe(aof);
    expect(done.left).not.toContain("temp-appendonly.aof");
  });

  test.each(["appendonly.aof.1.base.rdb", "appendonly.aof.7.incr.aof"])(
    "with %s that no manifest names is left alone",
    (part) => {
      const done = start({ "dump.rdb": "older", [`appendonlydir/${part}`]: "newer" });
      expect([done.status, done.stdout, done.aof]).toEqual([1, "", undefined]);
      expect(done.stderr).toBe(
        "redis-topology: appendonlydir holds data but no manifest that names it. Redis would start without it and overwrite it. Put appendonly.aof.manifest back, or move appendonlydir aside to start from dump.rdb. See docs/operations/docker.md, When a queue does not start.\n",
      );
    },
  );

  test("with a snapshot that cannot be copied is left alone", () => {
    const done = start({ "dump.rdb/not-a-file": "" });
    expect([done.status, done.stdout, done.left]).toEqual([1, "", ["dump.rdb"]]);
    expect(done.stderr).toContain(
      "redis-topology: dump.rdb could not be copied to an AOF, and Redis would start empty. The snapshot is as it was. Make room on the volume, for as much again as the snapshot, or let user write there. See docs/operations/docker.md, When a queue does not start.\n",
    );
  });
});

describe("numbers", () => {
  test("a limit is rounded up to what the provider counts in", () => {
    expect(memoryMiB({ ...queue(), memoryLimit: 1024 * 1024 * 100 })).toBe(100);
    expect(memoryMiB({ ...queue(), memoryLimit: 1024 * 1024 * 100 + 1 })).toBe(101);
  });

  test("a queue gets the time to save what it may hold, a cache saves nothing", () => {
    expect(stopSeconds(queue({ queue: { maxMemory: "16gb" } }))).toBe(600);
    expect(stopSeconds(planDocker({ cache: { maxMemory: "4gb" } }).cache as RolePlan)).toBe(30);
  });

  test("open files follow maxclients", () => {
    expect(openFiles(queue())).toBe(10_240);
    expect(openFiles(queue({ queue: { config: { maxclients: "500" } } }))).toBe(740);
  });

  test("the mark is keyed", () => {
    expect(settingsMark("a", ["x"])).not.toBe(settingsMark("b", ["x"]));
    expect(settingsMark("a", ["x"])).toBe(settingsMark("a", ["x"]));
  });
});

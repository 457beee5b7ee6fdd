import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, expect, test } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerInputs, RedisServerState } from "../../components/backends/process/redisServer";
import { isAlive } from "../../components/backends/process/server/processes";
import type { Role } from "../../components/redis/roles";
import { roleDirectives } from "../../components/redis/roles";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const MIB = 1024 * 1024;
const folder = temporaryFolder();
const running = new Map<string, RedisServerState>();
let folders = 0;

afterEach(async () => {
  for (const state of running.values()) await provider.delete("", state);
  running.clear();
});

async function inputs(role: Role, changes: Partial<RedisServerInputs> = {}): Promise<RedisServerInputs> {
  folders += 1;
  return {
    role,
    owner: "project/stack/redis",
    directory: path.join(folder, `server ${folders}`),
    host: "127.0.0.1",
    port: await freePort(),
    directives: roleDirectives(role, 64 * MIB, role === "queue" ? "noeviction" : "allkeys-lru"),
    persists: role === "queue",
    deleteData: false,
    ...changes,
  };
}

async function create(given: RedisServerInputs): Promise<RedisServerState> {
  const { outs } = await provider.create(given);
  running.set(given.directory, outs);
  return outs;
}

async function update(olds: RedisServerState, news: RedisServerInputs): Promise<RedisServerState> {
  const { outs } = await provider.update("", olds, news);
  running.delete(olds.directory);
  running.set(news.directory, outs as RedisServerState);
  return outs as RedisServerState;
}

/** The changes to a server's inputs, as the program would send them: without what the provider made. */
function changed(state: RedisServerState, changes: Partial<RedisServerInputs>): RedisServerInputs {
  const { server: _, password: __, ownPassword: ___, instance: ____, settings: _____, ...rest } = state;
  return { ...rest, ...changes };
}

const pidOf = (state: RedisServerState) =>
  withRedis(state, async (redis) => /process_id:(\d+)/.exec(await redis.info("server"))?.[1]);
const config = (state: RedisServerState, name: string) =>
  withRedis(state, async (redis) => ((await redis.config("GET", name)) as string[])[1]);
const kill9 = async (state: RedisServerState) => {
  const pid = Number(await pidOf(state));
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
};

test("a new server has its role's settings, a made password, and files for its owner only", async () => {
  const given = await inputs("queue");
  const state = await create(given);
  expect(state.password).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(state.server).toMatch(/^(redis|valkey) \d+\.\d+\.\d+$/);
  expect(await config(state, "maxmemory-policy")).toBe("noeviction");
  expect(await config(state, "save")).toBe("900 1 300 10 60 10000");
  expect(statSync(given.directory).mode & 0o777).toBe(0o700);
  for (const file of ["redis.conf", "users.acl"]) {
    expect(statSync(path.join(given.directory, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(given.directory, file), "utf8")).not.toContain(state.password);
  }
  const commandLines = execFileSync("ps", ["axww", "-o", "args"], { encoding: "utf8" });
  expect(commandLines).not.toContain(state.password);
});

test("nobody gets in without the password, or with another one", async () => {
  const state = await create(await inputs("cache"));
  const { port } = state;
  await expect(withRedis({ port }, (redis) => redis.ping())).rejects.toThrow("NOAUTH");
  await expect(withRedis({ port, password: "wrong" }, (redis) => redis.ping())).rejects.toThrow("WRONGPASS");
});

test("diff: nothing to do on an unchanged server; a dead one is started again with its data", async () => {
  const state = await create(await inputs("queue"));
  const unchanged = changed(state, {});
  expect(await provider.diff("", state, unchanged)).toEqual({ changes: false });
  await withRedis(state, (redis) => redis.set("job", "1"));
  await kill9(state);
  expect(await provider.diff("", state, unchanged)).toEqual({ changes: true });
  const repaired = await update(state, unchanged);
  expect(repaired.password).toBe(state.password);
  expect(await withRedis(repaired, (redis) => redis.get("job"))).toBe("1");
});

test("what Redis can set live does not restart it", async () => {
  const state = await create(await inputs("queue"));
  const pid = await pidOf(state);
  const directives = [...roleDirectives("queue", 128 * MIB, "noeviction"), ["hz", "20"] as const];
  const updated = await update(state, changed(state, { directives }));
  expect(await config(updated, "maxmemory")).toBe(String(128 * MIB));
  expect(await config(updated, "hz")).toBe("20");
  expect(await pidOf(updated)).toBe(pid);
});

test("what needs a restart gets a clean one, and a removed directive its default back", async () => {
  const state = await create(await inputs("queue"));
  const pid = await pidOf(state);
  await withRedis(state, (redis) => redis.set("job", "1"));
  const directives = [...state.directives, ["databases", "4"] as const];
  const restarted = await update(state, changed(state, { directives }));
  expect(await config(restarted, "databases")).toBe("4");
  expect(await pidOf(restarted)).not.toBe(pid);
  const without = await update(restarted, changed(restarted, { directives: state.directives }));
  expect(await config(without, "databases")).toBe("16");
  expect(await withRedis(without, (redis) => redis.get("job"))).toBe("1");
});

test("another port and another folder keep the data, also when the server was dead", async () => {
  const state = await create(await inputs("queue"));
  await withRedis(state, (redis) => redis.set("job", "1"));
  const moved = await update(
    state,
    changed(state, { port: await freePort(), directory: path.join(folder, "elsewhere") }),
  );
  expect(await withRedis(moved, (redis) => redis.get("job"))).toBe("1");
  expect(existsSync(state.directory)).toBe(false);
  await kill9(moved);
  const again = await update(moved, changed(moved, { directory: path.join(folder, "a third place") }));
  expect(await withRedis(again, (redis) => redis.get("job"))).toBe("1");
});

test("a folder that holds data is not overwritten by a move", async () => {
  const [one, two] = [await create(await inputs("queue")), await create(await inputs("queue"))];
  await withRedis(one, (redis) => redis.set("job", "1"));
  const pid = await pidOf(one);
  await withRedis(two, (redis) => redis.set("job", "2"));
  await provider.delete("", two);
  running.delete(two.directory);
  await expect(provider.update("", one, changed(one, { directory: two.directory }))).rejects.toThrow(
    `queue: \`directory\`: cannot move the data from ${one.directory}/data to ${two.directory}/data: ` +
      `${two.directory}/data holds data already. Move one of the two away by hand, then run again.`,
  );
  expect(await pidOf(one)).toBe(pid);
});

test("a new password is set live, the previous one stays valid for as long as it is named", async () => {
  const state = await create(await inputs("queue"));
  const pid = await pidOf(state);
  const both = await update(
    state,
    changed(state, { password: 'new "one" #1', previousPassword: state.password }),
  );
  for (const password of ['new "one" #1', state.password]) {
    expect(await withRedis({ port: state.port, password }, (redis) => redis.ping())).toBe("PONG");
  }
  const one = await update(both, changed(both, { password: 'new "one" #1', previousPassword: undefined }));
  await expect(
    withRedis({ port: state.port, password: state.password }, (redis) => redis.ping()),
  ).rejects.toThrow("WRONGPASS");
  expect(await pidOf(one)).toBe(pid);
});

test("deleting keeps a queue's data and finds it again; deleteData and a cache leave nothing", async () => {
  const given = await inputs("queue");
  const state = await create(given);
  await withRedis(state, (redis) => redis.set("job", "1"));
  await provider.delete("", state);
  expect(existsSync(path.join(given.directory, "data"))).toBe(true);
  expect(existsSync(path.join(given.directory, "redis.conf"))).toBe(false);
  const again = await create({ ...given, deleteData: true });
  expect(again.password).not.toBe(state.password);
  expect(await withRedis(again, (redis) => redis.get("job"))).toBe("1");
  const cache = await create(await inputs("cache"));
  for (const server of [again, cache]) {
    await provider.delete("", server);
    running.delete(server.directory);
    expect(existsSync(server.directory)).toBe(false);
  }
});

test("an interrupted up leaves a server whose password nobody knows: the next create takes its place, data intact", async () => {
  const given = await inputs("queue");
  const orphan = await create(given);
  await withRedis(orphan, (redis) => redis.set("job", "1"));
  const state = await create(given);
  expect(state.password).not.toBe(orphan.password);
  expect(await withRedis(state, (redis) => redis.get("job"))).toBe("1");
});

test("a folder of another stack or topology is refused, also when only data is left in it", async () => {
  const given = await inputs("queue");
  const state = await create(given);
  await withRedis(state, (redis) => redis.set("job", "1"));
  const foreign = { ...given, owner: "project/other/redis" };
  const message =
    `queue: the folder ${given.directory} belongs to project/stack/redis, and this is project/other/redis. ` +
    "Choose another folder with `directory`.";
  await expect(provider.create(foreign)).rejects.toThrow(message);
  expect(await withRedis(state, (redis) => redis.get("job"))).toBe("1");
  await provider.delete("", state);
  running.delete(given.directory);
  await expect(provider.create(foreign)).rejects.toThrow(message);
});

test("a server is found without its pid file, and after its folder was moved", async () => {
  const state = await create(await inputs("queue"));
  await withRedis(state, (redis) => redis.set("job", "1"));
  rmSync(path.join(state.directory, "redis.pid"));
  const moved = path.join(folder, "moved by hand");
  renameSync(state.directory, moved);
  const pid = Number(await pidOf(state));
  const updated = await update(state, changed(state, { directory: moved }));
  expect(await isAlive(pid)).toBe(false);
  expect(await withRedis(updated, (redis) => redis.get("job"))).toBe("1");
  rmSync(path.join(moved, "redis.pid"));
  const second = Number(await pidOf(updated));
  await provider.delete("", updated);
  running.delete(moved);
  expect(await isAlive(second)).toBe(false);
});

test("a server that runs a long script is busy, not dead: it is left alone", async () => {
  const state = await create({
    ...(await inputs("queue")),
    directives: [...roleDirectives("queue", 64 * MIB, "noeviction"), ["busy-reply-threshold", "100"]],
  });
  const pid = Number(await pidOf(state));
  const script = withRedis(state, (redis) => redis.eval("while true do end", 0)).catch(
    (error: Error) => error.message,
  );
  try {
    await expect
      .poll(() => withRedis(state, (redis) => redis.ping()).catch((error: Error) => error.message))
      .toMatch(/^BUSY/);
    expect(await provider.diff("", state, changed(state, {}))).toEqual({ changes: false });
    await expect(provider.update("", state, changed(state, { deleteData: true }))).rejects.toThrow(
      "queue: the server is busy. Nothing was changed; run again.",
    );
    await expect(provider.delete("", state)).rejects.toThrow(/does not stop: BUSY/);
  } finally {
    // A busy server answers nothing else, not even ioredis' question whether it is ready.
    await withRedis({ ...state, enableReadyCheck: false }, (redis) => redis.script("KILL"));
  }
  expect(await script).toContain("Script killed by user");
  expect(Number(await pidOf(state))).toBe(pid);
});

test("a password that is taken back is replaced by a made one", async () => {
  const state = await create({ ...(await inputs("queue")), password: "leaked" });
  const unchanged = { ...changed(state, {}), password: "leaked" };
  expect(await provider.diff("", state, unchanged)).toEqual({ changes: false });
  expect(await provider.diff("", state, changed(state, {}))).toEqual({ changes: true });
  const updated = await update(state, changed(state, {}));
  expect(updated.password).toMatch(/^[A-Za-z0-9]{40}$/);
  await expect(withRedis({ port: state.port, password: "leaked" }, (redis) => redis.ping())).rejects.toThrow(
    "WRONGPASS",
  );
  expect(await provider.diff("", updated, changed(updated, {}))).toEqual({ changes: false });
});

test("a snapshot that lies there without an AOF is loaded, not overwritten", async () => {
  const given = await inputs("queue");
  const first = await create(given);
  await withRedis(first, (redis) => redis.set("job", "1"));
  await provider.delete("", first);
  rmSync(path.join(given.directory, "data/appendonlydir"), { recursive: true });
  const state = await create(given);
  expect(await withRedis(state, (redis) => redis.get("job"))).toBe("1");
  expect(await config(state, "appendonly")).toBe("yes");
  await withRedis(state, (redis) => redis.set("job", "2"));
  await kill9(state);
  const repaired = await update(state, changed(state, {}));
  expect(await withRedis(repaired, (redis) => redis.get("job"))).toBe("2");
});

test("a restart that fails ends with the server as it was", async () => {
  const state = await create(await inputs("queue"));
  await withRedis(state, (redis) => redis.set("job", "1"));
  // Read without complaint, and fatal once the server opens it.
  const directives = [...state.directives, ["unixsocket", path.join(folder, "nowhere/socket")] as const];
  const directory = path.join(folder, "never reached");
  await expect(provider.update("", state, changed(state, { directives, directory }))).rejects.toThrow(
    /queue: the server ended right after its start[\s\S]*unix socket/i,
  );
  expect(await withRedis(state, (redis) => redis.get("job"))).toBe("1");
  expect(await provider.diff("", state, changed(state, {}))).toEqual({ changes: false });
});

test("a taken port names its holder and the key to change", async () => {
  const given = await inputs("queue");
  const holder = spawn("redis-server", ["--port", String(given.port), "--save", "", "--dir", folder]);
  try {
    await expect
      .poll(() => withRedis({ port: given.port }, (redis) => redis.ping()).catch(() => "not yet"))
      .toBe("PONG");
    await expect(provider.create(given)).rejects.toThrow(
      `queue: port ${given.port} of 127.0.0.1 is taken by redis-server (pid ${holder.pid}). ` +
        "Stop it, or choose another port with `queue.port`.",
    );
  } finally {
    holder.kill();
  }
});

test("a directive that Redis rejects shows Redis' own line and leaves the running server alone", async () => {
  const state = await create(await inputs("queue"));
  const pid = await pidOf(state);
  const directives = [...state.directives, ["hz", "often"] as const];
  const message =
    /^queue: redis-server \S+ rejects its configuration:\n[\s\S]*>>> 'hz often'\n[\s\S]*Correct `queue\.config`\.$/;
  await expect(provider.update("", state, changed(state, { directives }))).rejects.toThrow(message);
  expect(await pidOf(state)).toBe(pid);
  await expect(provider.create({ ...(await inputs("queue")), directives })).rejects.toThrow(message);
});

test("a server that dies at start shows the end of its log", async () => {
  const given = await inputs("queue");
  const state = await create(given);
  await withRedis(state, (redis) => redis.set("job", "1"));
  await provider.delete("", state);
  running.delete(given.directory);
  writeFileSync(path.join(given.directory, "data/appendonlydir/appendonly.aof.1.incr.aof"), "not an AOF\n");
  await expect(provider.create(given)).rejects.toThrow(
    /queue: the server ended right after its start on 127\.0\.0\.1:\d+\. Its log \(.*redis\.log\) ends with:\n[\s\S]*AOF/,
  );
});

test("a folder that cannot be written names the folder, the reason and the key to change", async () => {
  writeFileSync(path.join(folder, "a file"), "");
  const directory = path.join(folder, "a file", "queue");
  await expect(provider.create(await inputs("queue", { directory }))).rejects.toThrow(
    `queue: cannot write to ${directory} (ENOTDIR). ` +
      "Make the folder writable and its disk not full, or name another one with `directory`.",
  );
});

// Only root may make a small disk.
test.skipIf(missing("root"))("a full disk is named, at the start and while Redis runs", async () => {
  const disk = path.join(folder, "small disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  try {
    const given = await inputs("queue", { directory: path.join(disk, "queue") });
    const state = await create(given);
    await withRedis(state, (redis) => redis.set("job", "1"));
    const ballast = path.join(disk, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(2 * MIB))).toThrow("ENOSPC");
    const directives = roleDirectives("queue", 128 * MIB, "noeviction");
    await expect(provider.update("", state, changed(state, { directives }))).rejects.toThrow(
      `queue: cannot write to ${given.directory} (ENOSPC). ` +
        "Make the folder writable and its disk not full, or name another one with `directory`.",
    );
    // Nothing was stopped, and nothing is stopped that cannot save.
    await expect(provider.delete("", state)).rejects.toThrow(
      /^queue: the server \(pid \d+\) does not stop: ERR Errors trying to SHUTDOWN/,
    );
    rmSync(ballast);
    const updated = await update(state, changed(state, { directives }));
    expect(await withRedis(updated, (redis) => redis.get("job"))).toBe("1");
    await provider.delete("", updated);
    running.delete(given.directory);
  } finally {
    // Lazily: what watches disks on a busy machine may have it open for a moment.
    execFileSync("umount", ["--lazy", disk]);
  }
});

test("a missing or too old server says what to install", async () => {
  const given = await inputs("queue", { version: "99" });
  const { failures } = await provider.check({}, given);
  expect(failures).toEqual([
    {
      property: "engine",
      reason: expect.stringMatching(
        /^No usable server on this host: looked for redis-server and valkey-server on PATH, found redis-server \S+; needed is version 99\. Install it \(Debian/,
      ),
    },
  ]);
});

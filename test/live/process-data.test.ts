import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerState } from "../../components/backends/process/redisServer";
import { changed, job, kill9, pidOf, Servers } from "./process-servers";
import { temporaryFolder, withRedis } from "./servers";

const servers = new Servers(temporaryFolder());
const inData = (state: { directory: string }, ...names: string[]) =>
  path.join(state.directory, "data", ...names);
const setting = (state: RedisServerState, name: string) =>
  withRedis(state, async (redis) => ((await redis.config("GET", name)) as string[])[1]);
/** What a preview prints. */
const preview = async (state: RedisServerState) => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const { changes } = await provider.diff("", state, changed(state, {}));
    return { changes, lines: printed.mock.calls.map(([line]) => String(line)) };
  } finally {
    printed.mockRestore();
  }
};
/** A stopped queue whose snapshot holds `keys` keys, and that has no AOF. */
const snapshotOnly = async (keys = 1) => {
  const state = await servers.queue();
  await withRedis(state, (redis) =>
    redis.eval("for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'key' .. i, i) end", 0, keys),
  );
  await servers.remove(state);
  rmSync(inData(state, "appendonlydir"), { recursive: true });
  return state;
};

test.each(["moved aside", "empty", "half begun", "left by a crash in the first rewrite"])(
  "a snapshot beside an AOF folder that is %s is loaded",
  async (how) => {
    const state = await snapshotOnly();
    if (how === "moved aside") mkdirSync(inData(state, "appendonlydir.before"));
    else mkdirSync(inData(state, how === "half begun" ? "appendonlydir.new" : "appendonlydir"));
    if (how === "half begun")
      writeFileSync(inData(state, "appendonlydir.new/appendonly.aof.1.base.rdb"), "x");
    if (how.startsWith("left")) writeFileSync(inData(state, "appendonlydir/temp-appendonly.aof.incr"), "x");
    const again = await servers.create(changed(state, {}));
    expect(await job(again)).toBe("1");
    await withRedis(again, (redis) => redis.set("job", "2"));
    await kill9(again);
    expect(await job(await servers.update(again, changed(again, {})))).toBe("2");
  },
);

test("a server killed at any time after a snapshot was found has all keys at the next start", async () => {
  const keys = 200_000;
  let state = await snapshotOnly(keys);
  for (const delay of [0, 5, 50, 250]) {
    rmSync(inData(state, "appendonlydir"), { recursive: true, force: true });
    const pidFile = path.join(state.directory, "redis.pid");
    const started = provider.create(changed(state, {})).then(
      () => "started",
      (error: Error) => error.message,
    );
    // The file is there before its text; 0 would be this very process and all of its group.
    const pid = () => (existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0);
    await expect.poll(pid, { interval: 1 }).toBeGreaterThan(0);
    const server = pid();
    await sleep(delay);
    process.kill(server, "SIGKILL");
    await started;
    state = await servers.create(changed(state, {}));
    expect(await withRedis(state, (redis) => redis.dbsize())).toBe(keys + 1);
    expect(await setting(state, "appendonly")).toBe("yes");
    await servers.remove(state);
  }
});

test("an AOF whose manifest names a missing file is refused before anything starts", async () => {
  const state = await servers.queue();
  await servers.remove(state);
  unlinkSync(inData(state, "appendonlydir/appendonly.aof.1.incr.aof"));
  const before = statSync(inData(state, "dump.rdb")).mtimeMs;
  await expect(provider.create(changed(state, {}))).rejects.toThrow(
    `queue: it is not clear which file in ${inData(state)} holds the data: appendonlydir/appendonly.aof.manifest ` +
      "names appendonly.aof.1.incr.aof, which is not there. Nothing was started or changed. Restore that file, or move " +
      "`appendonlydir` out of the folder: the next start then loads `dump.rdb`, if there is one. Then run again.",
  );
  expect(existsSync(path.join(state.directory, "redis.conf"))).toBe(false);
  expect(statSync(inData(state, "dump.rdb")).mtimeMs).toBe(before);
});

test("what somebody changed on the running server is named in the preview and set right", async () => {
  const state = await servers.queue();
  const pid = await pidOf(state);
  expect(await preview(state)).toEqual({ changes: false, lines: [] });
  await withRedis(state, async (redis) => {
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    await redis.config("SET", "save", "");
    await redis.config("SET", "appendonly", "no");
    await redis.set("job", "after the AOF");
  });
  const repairs = "on the running server instead of";
  expect(await preview(state)).toEqual({
    changes: true,
    lines: [
      `queue: \`maxmemory-policy\` is allkeys-lru ${repairs} noeviction; an update sets it right`,
      `queue: \`appendonly\` is no ${repairs} yes; an update sets it right`,
      `queue: \`save\` is "" ${repairs} 900 1 300 10 60 10000; an update sets it right`,
    ],
  });
  const repaired = await servers.update(state, changed(state, {}));
  expect(await preview(repaired)).toEqual({ changes: false, lines: [] });
  expect(await pidOf(repaired)).toBe(pid);
  await kill9(repaired);
  expect(await job(await servers.update(repaired, changed(repaired, {})))).toBe("after the AOF");
});

test("values that Redis writes in its own way are no change", async () => {
  const given = await servers.inputs("queue");
  const extra = [
    ["notify-keyspace-events", "KEA"],
    ["client-query-buffer-limit", "512mb"],
  ] as const;
  const state = await servers.create({ ...given, directives: [...given.directives, ...extra] });
  expect(await preview(state)).toEqual({ changes: false, lines: [] });
  await withRedis(state, (redis) => redis.config("SET", "client-query-buffer-limit", "1gb"));
  expect((await preview(state)).lines).toEqual([
    "queue: `client-query-buffer-limit` is 1073741824 on the running server instead of 536870912; an update sets it right",
  ]);
});

test("a queue whose AOF was switched off is deleted with a whole one", async () => {
  const state = await servers.queue();
  await withRedis(state, async (redis) => {
    await redis.config("SET", "appendonly", "no");
    await redis.set("job", "2");
  });
  await servers.remove(state);
  expect(await job(await servers.create(changed(state, {})))).toBe("2");
});

test("a queue that had data does not start without it, unless it is told to", async () => {
  const state = await servers.queue();
  await servers.remove(state);
  const away = mkdtempSync(path.join(servers.folder, "away-"));
  renameSync(inData(state), path.join(away, "data"));
  const message =
    `queue: there is no data in ${inData(state)}, and this queue had some. Nothing was started. Put the data back ` +
    "there; after a change of `process.directory` that was interrupted, it is in the other folder. To start with an " +
    `empty queue: mkdir -p '${state.directory}' && touch '${state.directory}/start-empty'. Then run again.`;
  await expect(provider.create(changed(state, {}))).rejects.toThrow(message);
  // The state knows it even when the folder is gone.
  renameSync(state.directory, path.join(away, "folder"));
  await expect(provider.update("", state, changed(state, {}))).rejects.toThrow(message);
  mkdirSync(state.directory);
  writeFileSync(path.join(state.directory, "start-empty"), "");
  const empty = await servers.update(state, changed(state, {}));
  expect(await job(empty)).toBeNull();
  expect(existsSync(path.join(state.directory, "start-empty"))).toBe(false);
});

test("a replacement in the same folder keeps server and data, whatever `deleteData` says", async () => {
  for (const deleteData of [false, true]) {
    const old = await servers.queue({ deleteData });
    const replacement = await servers.create(changed(old, {}));
    await provider.delete("", old);
    expect(await job(replacement)).toBe("1");
    await servers.remove(replacement);
    expect(existsSync(inData(old))).toBe(!deleteData);
  }
});

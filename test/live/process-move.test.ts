import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerState } from "../../components/backends/process/redisServer";
import { changed, job, kill9, pidOf, Servers } from "./process-servers";
import { freePort, temporaryFolder, withRedis } from "./servers";

const MIB = 1024 * 1024;
const servers = new Servers(temporaryFolder());
const fresh = () => mkdtempSync(path.join(servers.folder, "target-"));
const move = (state: RedisServerState, directory: string, rest: Partial<RedisServerState> = {}) =>
  provider.update("", state, changed(state, { directory, ...rest }));
/** Read without complaint, and fatal once the server opens it. */
const FATAL = ["unixsocket", "/nowhere/socket"] as const;

/** A file system of its own; only root may make one. */
async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = fresh();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  try {
    await work(disk);
  } finally {
    // Lazily: what watches disks on a busy machine may have it open for a moment.
    execFileSync("umount", ["--lazy", disk]);
  }
}

test.each([
  [
    "lies inside the old folder",
    (state: RedisServerState) => path.join(state.directory, "deeper/queue"),
    "one of the two folders lies inside the other. Choose one beside it",
  ],
  [
    "cannot be created",
    () => {
      const file = path.join(fresh(), "a file");
      writeFileSync(file, "");
      return path.join(file, "queue");
    },
    "nothing can be written there (ENOTDIR). Make it writable, or choose another folder",
  ],
])("a new folder that %s leaves the running queue alone", async (_, choose, problem) => {
  const state = await servers.queue();
  const pid = await pidOf(state);
  const directory = choose(state);
  await expect(move(state, directory)).rejects.toThrow(
    `queue: \`process.directory\`: cannot move the data from ${state.directory}/data to ${directory}/data: ` +
      `${problem}, then run again.`,
  );
  expect(await pidOf(state)).toBe(pid);
  expect(existsSync(directory) && readdirSync(directory).includes("data")).toBe(false);
});

test("a data folder that is a link is not moved, and none is moved onto a link", async () => {
  const state = await servers.queue();
  const pid = await pidOf(state);
  const directory = fresh();
  symlinkSync(fresh(), path.join(directory, "data"));
  await expect(move(state, directory)).rejects.toThrow(
    `${directory}/data is a link. Put the folder itself there, then run again.`,
  );
  expect(await pidOf(state)).toBe(pid);
});

test.skipIf(process.getuid?.() !== 0)("none is moved onto a mount point", async () => {
  const state = await servers.queue();
  const pid = await pidOf(state);
  await onSmallDisk("2m", async (disk) => {
    const directory = fresh();
    mkdirSync(path.join(directory, "data"));
    execFileSync("mount", ["--bind", disk, path.join(directory, "data")]);
    try {
      await expect(move(state, directory)).rejects.toThrow(
        `${directory}/data is a mount point. Put the folder`,
      );
    } finally {
      execFileSync("umount", ["--lazy", path.join(directory, "data")]);
    }
  });
  expect(await pidOf(state)).toBe(pid);
});

test.skipIf(process.getuid?.() !== 0)("a disk that is too small is known before the stop", async () => {
  const state = await servers.queue();
  writeFileSync(path.join(state.directory, "data/ballast"), Buffer.alloc(3 * MIB));
  const pid = await pidOf(state);
  await onSmallDisk("2m", async (disk) => {
    await expect(move(state, path.join(disk, "stack/queue"))).rejects.toThrow(
      /: it takes 4 MiB, and the disk there has 2 MiB free\. Make room, then run again\.$/,
    );
    expect(readdirSync(disk)).toEqual([]);
  });
  expect(await pidOf(state)).toBe(pid);
});

test.skipIf(process.getuid?.() !== 0)("a read-only disk is known before the stop", async () => {
  const state = await servers.queue();
  const pid = await pidOf(state);
  await onSmallDisk("2m", async (disk) => {
    execFileSync("mount", ["-o", "remount,ro", disk]);
    await expect(move(state, path.join(disk, "queue"))).rejects.toThrow(
      /nothing can be written there \(EROFS\)\. Make it writable, or choose another folder, then run again\.$/,
    );
  });
  expect(await pidOf(state)).toBe(pid);
});

test("a start that fails in the new folder leaves nothing there, and the queue runs on its old data", async () => {
  const state = await servers.queue();
  const target = fresh();
  const directives = [...state.directives, FATAL];
  await expect(move(state, path.join(target, "stack/queue"), { directives })).rejects.toThrow(
    "queue: the server ended right after its start",
  );
  expect(readdirSync(target)).toEqual([]);
  expect(await job(state)).toBe("1");
  expect(await provider.diff("", state, changed(state, {}))).toEqual({ changes: false });
});

test("a dead server that does not start in its new folder is found again when the change is taken back", async () => {
  const state = await servers.queue();
  await kill9(state);
  const target = fresh();
  const directives = [...state.directives, FATAL];
  await expect(move(state, path.join(target, "queue"), { directives })).rejects.toThrow(
    "queue: the server ended right after its start",
  );
  expect(readdirSync(target)).toEqual([]);
  expect(await job(await servers.update(state, changed(state, {})))).toBe("1");
});

test.skipIf(process.getuid?.() !== 0)(
  "across disks too: a failed start, then one that succeeds",
  async () => {
    const state = await servers.queue();
    await onSmallDisk("64m", async (disk) => {
      const directory = path.join(disk, "stack/queue");
      const directives = [...state.directives, FATAL];
      await expect(move(state, directory, { directives })).rejects.toThrow("ended right after its start");
      expect(readdirSync(disk)).toEqual([]);
      expect(await job(state)).toBe("1");
      const moved = await servers.update(state, changed(state, { directory }));
      expect(await job(moved)).toBe("1");
      expect(existsSync(state.directory)).toBe(false);
      await servers.remove(moved);
    });
  },
);

test("a move that was interrupted after the data went: the old folder does not start empty", async () => {
  const state = await servers.queue();
  await kill9(state);
  const elsewhere = fresh();
  execFileSync("mv", [path.join(state.directory, "data"), elsewhere]);
  await expect(provider.update("", state, changed(state, {}))).rejects.toThrow(
    `queue: there is no data in ${state.directory}/data, and this queue had some.`,
  );
  const moved = await servers.update(state, changed(state, { directory: elsewhere }));
  expect(await job(moved)).toBe("1");
});

test.each(["port", "folder", "both"])(
  "an update of the %s that was killed before its state was kept is done again",
  async (what) => {
    const state = await servers.queue();
    const news = changed(state, {
      ...(what !== "folder" && { port: await freePort() }),
      ...(what !== "port" && { directory: path.join(fresh(), "queue") }),
    });
    const lost = (await provider.update("", state, news)).outs as RedisServerState;
    await withRedis(lost, (redis) => redis.set("job", "2"));
    expect(await job(await servers.update(state, news))).toBe("2");
  },
);

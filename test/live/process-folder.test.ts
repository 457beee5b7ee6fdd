import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { expect, test, vi } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerState } from "../../components/backends/process/redisServer";
import { changed, Servers } from "./process-servers";
import { temporaryFolder, withRedis } from "./servers";

const folder = temporaryFolder();
const servers = new Servers(folder);

/** What a destroy said. */
async function removed(state: RedisServerState): Promise<string> {
  const lines: string[] = [];
  const said = vi.spyOn(console, "error").mockImplementation((line) => void lines.push(line));
  await servers.remove(state).finally(() => said.mockRestore());
  return lines.join("\n");
}

const write = (file: string, text = "precious") => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

test("a folder of somebody else's is refused, by name, and keeps everything", async () => {
  const given = await servers.inputs("queue", { deleteData: true });
  const files = ["redis.conf", "notes.txt", "data/photos/one.jpg", "data/mail.db"];
  for (const file of files) write(path.join(given.directory, file));
  await expect(provider.create(given)).rejects.toThrow(
    `queue: the folder ${given.directory} holds what this project did not make: ` +
      "redis.conf, data/mail.db, data/photos. " +
      "Move it away, or choose another folder with `process.directory`.",
  );
  for (const file of files) expect(readFileSync(path.join(given.directory, file), "utf8")).toBe("precious");
});

test("a cache does not take over a snapshot that lies there", async () => {
  const given = await servers.inputs("cache");
  write(path.join(given.directory, "data/dump.rdb"));
  await expect(provider.create(given)).rejects.toThrow(
    "holds what this project did not make: data/dump.rdb.",
  );
});

test("what others put beside or into our files outlives them, and is named; the next up uses the folder again", async () => {
  const given = await servers.inputs("queue", { deleteData: true });
  // And what a run left that was killed while it wrote the mark.
  for (const file of ["before.txt", "owner.new"]) write(path.join(given.directory, file));
  const state = await servers.create(given);
  await withRedis(state, (redis) => redis.set("job", "1"));
  const later = ["notes.txt", "data/mail.db", "data/appendonlydir.before/x", "data/appendonlydir/mine"];
  for (const file of later) write(path.join(given.directory, file));
  expect(await removed(state)).toBe(
    `queue: these stay, remove them by hand: ${[
      "data/appendonlydir/mine",
      "data/appendonlydir.before",
      "data/mail.db",
      "before.txt",
      "notes.txt",
    ]
      .map((file) => `${given.directory}/${file} (not made by this project)`)
      .join(", ")}`,
  );
  for (const file of ["before.txt", ...later])
    expect(readFileSync(path.join(given.directory, file), "utf8")).toBe("precious");
  expect(readdirSync(given.directory).sort()).toEqual(["before.txt", "data", "notes.txt", "owner"]);
  expect(readdirSync(path.join(given.directory, "data/appendonlydir"))).toEqual(["mine"]);
  rmSync(path.join(given.directory, "data/appendonlydir"), { recursive: true });
  const again = await servers.create(given);
  expect(await withRedis(again, (redis) => redis.get("job"))).toBe(null);
});

test("a folder whose mark is gone is left as it is", async () => {
  const state = await servers.create(await servers.inputs("queue", { deleteData: true }));
  rmSync(path.join(state.directory, "owner"));
  expect(await removed(state)).toContain(`queue: ${state.directory} stays as it is: its mark is missing`);
  expect(existsSync(path.join(state.directory, "data"))).toBe(true);
  expect(await servers.create(state)).toMatchObject({ directory: state.directory });
});

test("a mark that is gone or of a version before is written anew, in place", async () => {
  const state = await servers.create(await servers.inputs("queue"));
  const unchanged = changed(state, {});
  const mark = path.join(state.directory, "owner");
  const [pid, before] = [path.join(state.directory, "redis.pid"), mark].map((file) =>
    readFileSync(file, "utf8"),
  );
  for (const spoil of [() => rmSync(mark), () => writeFileSync(mark, `${state.owner}\n`)]) {
    spoil();
    expect(await provider.diff("", state, unchanged)).toEqual({ changes: true });
    await provider.update("", state, unchanged);
    expect(readFileSync(mark, "utf8")).toBe(before);
    expect(readFileSync(path.join(state.directory, "redis.pid"), "utf8")).toBe(pid);
    expect(await provider.diff("", state, unchanged)).toEqual({ changes: false });
  }
});

test("the data of a version before, whose mark is a name only, is found", async () => {
  const given = await servers.inputs("queue");
  const first = await servers.create(given);
  await withRedis(first, (redis) => redis.set("job", "1"));
  await servers.remove(first);
  writeFileSync(path.join(given.directory, "owner"), `${given.owner}\n`);
  const state = await servers.create(given);
  expect(await withRedis(state, (redis) => redis.get("job"))).toBe("1");
});

test("`data` as a link to another disk: destroy ends, and says that the link stays", async () => {
  const given = await servers.inputs("queue", { deleteData: true });
  const target = path.join(folder, "another disk");
  mkdirSync(target);
  mkdirSync(given.directory);
  symlinkSync(target, path.join(given.directory, "data"));
  const state = await servers.create(given);
  await withRedis(state, (redis) => redis.set("job", "1"));
  expect(await removed(state)).toBe(
    `queue: these stay, remove them by hand: ${given.directory}/data (a link, not a folder)`,
  );
  expect(readdirSync(target)).toEqual([]);
  await servers.create(given);
});

for (const [where, mountPoint] of [
  ["the folder", ""],
  ["`data`", "data"],
] as const) {
  test.skipIf(process.getuid?.() !== 0)(
    `${where} as a mount point: destroy ends, and says that it stays (needs root)`,
    async () => {
      const given = await servers.inputs("queue", { deleteData: true });
      const mount = path.join(given.directory, mountPoint);
      mkdirSync(mount, { recursive: true });
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", mount]);
      try {
        mkdirSync(path.join(mount, "lost+found"));
        for (let round = 0; round < 2; round += 1) {
          const state = await servers.create(given);
          await withRedis(state, (redis) => redis.set("job", "1"));
          expect(await removed(state)).toBe(
            `queue: these stay, remove them by hand: ${mount} (a mount point)`,
          );
          expect(readdirSync(mount)).toEqual(["lost+found"]);
        }
      } finally {
        execFileSync("umount", ["--lazy", mount]);
      }
    },
  );
}

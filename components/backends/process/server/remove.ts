import { rmdir, unlink } from "node:fs/promises";
import * as path from "node:path";
import { AOF_FOLDER } from "../../../redis/aof";
import type { RedisServerInputs } from "../redisServer";
import { entries, serverPaths } from "./files";
import { readMark, writeMark } from "./owner";

/** What a file system itself puts into its root. */
export const MADE_BY_DISKS: ReadonlySet<string> = new Set(["lost+found"]);

/** The AOF, and one that was being begun from a snapshot when its `up` was killed. */
const AOF_FOLDERS = [AOF_FOLDER, `${AOF_FOLDER}.new`];
/** As Redis names them (rdb.c, aof.c): snapshots, the parts of an AOF since 7.0, the one file before, and what is half-written. */
const REDIS_FILES = [
  /^dump\.rdb$/,
  /^appendonly\.aof(\.\d+\.(base|incr)\.(rdb|aof))?$/,
  /^appendonly\.aof\.manifest(\.new)?$/,
  /^temp-[\w.-]+\.(rdb|aof|manifest|incr)$/,
];

/** Whether Redis itself makes a file or folder of that name in its data. */
export function isRedisFile(name: string): boolean {
  return AOF_FOLDERS.includes(name) || REDIS_FILES.some((pattern) => pattern.test(name));
}

/** The files that we write beside the data, the mark aside; and what a killed run left of writing them. */
export function ownFiles(folder: string): string[] {
  const { config, acl, exporter, log, pid, startEmpty, owner, instance } = serverPaths(folder);
  const killed = [config, acl, exporter, owner, instance].map((file) => `${file}.new`);
  return [config, acl, exporter, log, pid, startEmpty, ...killed];
}

/**
 * Removes what we and Redis made, file by file: without `deleteData` all but the data. Folders that are empty then go
 * as well. Never fails: what cannot be removed, or is not ours, is named and stays.
 */
export async function removeFiles(inputs: RedisServerInputs, deleteData: boolean): Promise<void> {
  const { role, owner, directory } = inputs;
  if ((await entries(directory)).length === 0) {
    report(role, await removeFolder(directory));
    return;
  }
  const mark = await readMark(directory);
  if (mark?.owner !== owner) {
    console.error(
      `${role}: ${directory} stays as it is: its mark ${mark === undefined ? "is missing" : `says ${mark.owner}`}`,
    );
    return;
  }
  const { data, owner: markFile, instance } = serverPaths(directory);
  const left = await removeAll(ownFiles(directory));
  if (deleteData) left.push(...(await removeData(data)));
  if ((await entries(data)).every((name) => MADE_BY_DISKS.has(name)))
    left.push(...(await removeFolder(data)));
  const marks = new Set([markFile, instance].map((file) => path.basename(file)));
  const rest = (await entries(directory)).filter((name) => !marks.has(name));
  const isEmpty = rest.every((name) => MADE_BY_DISKS.has(name));
  // It says that there was data.
  if (deleteData || isEmpty) left.push(...(await removeAll([instance])));
  if (!isEmpty) {
    // Whoever has this name may take over what stays.
    await writeMark(directory, { owner, directory }).catch(() =>
      left.push(`${markFile} (cannot be written)`),
    );
    const named = (name: string) =>
      [" (", path.sep].some((end) => left.some((line) => line.startsWith(path.join(directory, name) + end)));
    const others = rest.filter((name) => !named(name) && (deleteData || name !== "data"));
    left.push(...others.map((name) => `${path.join(directory, name)} (not made by this project)`));
  } else {
    left.push(...(await removeAll([markFile])), ...(await removeFolder(directory)));
  }
  report(role, left);
}

async function removeData(data: string): Promise<string[]> {
  const left: string[] = [];
  for (const folder of [...AOF_FOLDERS.map((name) => path.join(data, name)), data]) {
    const names = (await entries(folder)).filter((name) => !MADE_BY_DISKS.has(name));
    const files = names.filter((name) => !AOF_FOLDERS.includes(name) && isRedisFile(name));
    left.push(...(await removeAll(files.map((name) => path.join(folder, name)))));
    const foreign = names.filter((name) => !isRedisFile(name));
    left.push(...foreign.map((name) => `${path.join(folder, name)} (not made by this project)`));
    if (folder !== data && foreign.length === 0) left.push(...(await removeFolder(folder)));
  }
  return left;
}

async function removeAll(files: readonly string[]): Promise<string[]> {
  const outcomes = await Promise.all(files.map((file) => attempt(file, unlink)));
  return outcomes.flat();
}

const removeFolder = (folder: string) => attempt(folder, rmdir);

async function attempt(file: string, work: (file: string) => Promise<void>): Promise<string[]> {
  return await work(file).then(
    () => [],
    ({ code = "unknown" }: NodeJS.ErrnoException) =>
      code === "ENOENT" ? [] : [`${file} (${REASONS[code] ?? code})`],
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EBUSY: "a mount point",
  ENOTDIR: "a link, not a folder",
  ENOTEMPTY: "not empty",
};

function report(role: string, left: readonly string[]): void {
  if (left.length > 0) console.error(`${role}: these stay, remove them by hand: ${left.join(", ")}`);
}

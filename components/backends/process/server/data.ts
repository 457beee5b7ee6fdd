import { constants } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from "node:fs/promises";
import * as path from "node:path";
import type { DataSource } from "../../../redis/aof";
import {
  AOF_FOLDER,
  AOF_MANIFEST,
  dataSource,
  FIRST_BASE,
  FIRST_MANIFEST,
  SINGLE_AOF,
  SNAPSHOT,
} from "../../../redis/aof";
import { shellWord } from "../../../redis/quote";
import { settingName } from "../../../redis/sentence";
import { compareVersions } from "../../../redis/software";
import type { RedisServerInputs } from "../redisServer";
import type { Binary } from "./binary";
import { serverPaths, writePrivate } from "./files";

/** Since Redis 7 (and in every Valkey) an AOF is a folder of files. */
export function isMultiPart({ version }: Binary): boolean {
  return compareVersions(version, "7.0.0") >= 0;
}

/** Where this server's data is; throws when only a person can tell. */
export async function judgeData(inputs: RedisServerInputs, binary: Binary): Promise<DataSource> {
  const { data } = serverPaths(inputs.directory);
  const aofFolder = path.join(data, AOF_FOLDER);
  const manifest = await readFile(path.join(aofFolder, AOF_MANIFEST), "utf8").catch(whenMissing(undefined));
  const listing = {
    files: await sizes(data),
    aofFiles: await sizes(aofFolder),
    ...(manifest !== undefined && { manifest }),
  };
  const source = dataSource(listing, isMultiPart(binary));
  if (typeof source === "string") return source;
  throw new Error(
    `${inputs.role}: it is not clear which file in ${data} holds the data: ${source.problem}. ` +
      `Nothing was started or changed. ${source.fix}. Then run again.`,
  );
}

/**
 * Throws when a queue that had data would start without any. `known`: the state knows that it ran. A file in its
 * folder knows it too, and stays with the data when the server is destroyed or the state is lost.
 */
export async function refuseEmpty(inputs: RedisServerInputs, known: boolean): Promise<void> {
  const { folder, data, instance, startEmpty } = serverPaths(inputs.directory);
  if (!known && (await readFile(instance).catch(() => undefined)) === undefined) return;
  if ((await stat(startEmpty).catch(() => undefined)) !== undefined) return;
  throw new Error(
    `${inputs.role}: there is no data in ${data}, and this queue had some. Nothing was started. ` +
      `Put the data back there; after a change of \`${settingName("directory", inputs.section)}\` that was interrupted, it is in the other folder. ` +
      `To start with an empty queue: mkdir -p ${shellWord(folder)} && touch ${shellWord(startEmpty)}. Then run again.`,
  );
}

/**
 * Makes a snapshot the base of an AOF, which is what it is to Redis: a base is an RDB file. Complete under another
 * name first, so that until the rename the snapshot is all there is, whoever is killed meanwhile.
 */
export async function beginAof(role: string, data: string, binary: Binary): Promise<void> {
  console.error(`${role}: found ${SNAPSHOT} without an AOF; its data is loaded, and an AOF begun from it`);
  const begun = path.join(data, `${AOF_FOLDER}.new`);
  try {
    // Of a link, the file that it names.
    const snapshot = await realpath(path.join(data, SNAPSHOT));
    await rm(begun, { recursive: true, force: true });
    await mkdir(begun, { mode: 0o700 });
    await (isMultiPart(binary) ? beginFolder : beginFile)(snapshot, begun, data);
    await sync(data);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `${role}: the AOF cannot be begun in ${data} (${code ?? message}), and ${SNAPSHOT} is as it was. ` +
        "Make the folder writable and its disk not full, then run again.",
    );
  }
}

async function beginFolder(snapshot: string, begun: string, data: string): Promise<void> {
  // Redis replaces a snapshot by rename and never writes into a base, so that both may be one file.
  const base = path.join(begun, FIRST_BASE);
  await link(snapshot, base).catch(() => copyFile(snapshot, base, constants.COPYFILE_FICLONE));
  await sync(base);
  await writePrivate(path.join(begun, AOF_MANIFEST), FIRST_MANIFEST);
  await sync(begun);
  const folder = path.join(data, AOF_FOLDER);
  // What is left of a first AOF that was never ended; anything else makes the rename fail.
  for (const name of (await sizes(folder)).keys()) await rm(path.join(folder, name));
  await rename(begun, folder);
}

/** Redis 6 appends to its AOF, so it is a file of its own. */
async function beginFile(snapshot: string, begun: string, data: string): Promise<void> {
  const single = path.join(begun, SINGLE_AOF);
  await copyFile(snapshot, single, constants.COPYFILE_FICLONE);
  await sync(single);
  await rename(single, path.join(data, SINGLE_AOF));
  await rmdir(begun);
}

async function sync(file: string): Promise<void> {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The files of a folder; 0 for what is a link to nothing, or gone by now. */
async function sizes(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(whenMissing([]));
  const sizes = new Map<string, number>();
  for (const { name } of entries.filter((entry) => !entry.isDirectory())) {
    sizes.set(name, (await stat(path.join(folder, name)).catch(() => undefined))?.size ?? 0);
  }
  return sizes;
}

/** What may not be read is not missing: a guess would start a queue without it. */
function whenMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return instead;
    throw new Error(`${error.message}. Let the user who runs this read it, then run again.`);
  };
}

import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import * as path from "node:path";

/** Where a server keeps what; everything below its own folder, which only its owner may enter. */
export interface ServerPaths {
  readonly folder: string;
  readonly data: string;
  readonly config: string;
  readonly acl: string;
  /** The exporter's password file. */
  readonly exporter: string;
  readonly log: string;
  readonly pid: string;
  /** Whose folder this is, so that no other stack or topology takes it over; stays with the data. */
  readonly owner: string;
  /** Which resource's server last started here; stays with the data, and says that there was some. */
  readonly instance: string;
  /** Put there by a person who wants a queue that had data to start without. */
  readonly startEmpty: string;
}

export function serverPaths(folder: string): ServerPaths {
  const inside = (name: string) => path.join(folder, name);
  return {
    folder,
    data: inside("data"),
    config: inside("redis.conf"),
    acl: inside("users.acl"),
    exporter: inside("exporter.json"),
    log: inside("redis.log"),
    pid: inside("redis.pid"),
    owner: inside("owner"),
    instance: inside("instance"),
    startEmpty: inside("start-empty"),
  };
}

/** The names in a folder; none when there is no folder. */
export async function entries(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

/** The last lines of a log, from `offset` bytes on. */
export async function logTail(file: string, offset: number, lines = 12): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return Buffer.from(text).subarray(offset).toString().trimEnd().split("\n").slice(-lines).join("\n");
}

/** Replaces a file as a whole, readable by its owner only. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

import { chmod, mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import * as path from "node:path";
import { aclFile } from "../../../redis/acl";
import { renderConfig } from "../../../redis/config";
import type { Directive } from "../../../redis/roles";
import type { RedisServerInputs } from "../redisServer";

/** Where a server keeps what; everything below its own folder, which only its owner may enter. */
export interface ServerPaths {
  readonly folder: string;
  readonly data: string;
  readonly config: string;
  readonly acl: string;
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
    log: inside("redis.log"),
    pid: inside("redis.pid"),
    owner: inside("owner"),
    instance: inside("instance"),
    startEmpty: inside("start-empty"),
  };
}

/** Every line of redis.conf: the role's, the user's, and where this server listens and keeps its files. */
export function serverDirectives(inputs: RedisServerInputs): Directive[] {
  const paths = serverPaths(inputs.directory);
  return [
    ...inputs.directives,
    ["bind", inputs.host],
    ["port", String(inputs.port)],
    ["protected-mode", "yes"],
    // Its own session, so that neither the end of `pulumi up` nor a Ctrl-C in it ends the server.
    ["daemonize", "yes"],
    ["dir", paths.data],
    ["aclfile", paths.acl],
    ["logfile", paths.log],
    ["pidfile", paths.pid],
  ];
}

/** Writes the configuration and the ACL file, readable by their owner only. */
export async function writeFiles(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  const paths = serverPaths(inputs.directory);
  try {
    for (const folder of [paths.folder, paths.data]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    }
    await writePrivate(paths.owner, `${inputs.owner}\n`);
    await writePrivate(paths.config, renderConfig(serverDirectives(inputs)));
    await writePrivate(paths.acl, aclFile(passwords));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `${inputs.role}: cannot write to ${inputs.directory} (${code ?? message}). ` +
        "Make the folder writable and its disk not full, or name another one with `process.directory`.",
    );
  }
}

/** Removes everything but the data; with `deleteData`, that too. Folders that are empty then go as well. */
export async function removeFiles(folder: string, deleteData: boolean): Promise<void> {
  const paths = serverPaths(folder);
  for (const file of [paths.config, paths.acl, paths.log, paths.pid]) await rm(file, { force: true });
  if (deleteData) await rm(paths.data, { recursive: true, force: true });
  if ((await entries(paths.data)).length === 0) {
    for (const file of [paths.owner, paths.instance]) await rm(file, { force: true });
  }
  await removeIfEmpty(paths.data);
  await removeIfEmpty(paths.folder);
}

/** Throws when the folder, or what is left in it, belongs to another stack or topology. */
export async function refuseForeignFolder({ role, directory, owner }: RedisServerInputs): Promise<void> {
  const theirs = (await readFile(serverPaths(directory).owner, "utf8").catch(() => owner)).trim();
  if (theirs === owner) return;
  throw new Error(
    `${role}: the folder ${directory} belongs to ${theirs}, and this is ${owner}. ` +
      "Choose another folder with `process.directory`.",
  );
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

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error;
  });
}

import { chmod, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import * as path from "node:path";
import { aclFile } from "../../../redis/acl";
import { renderConfig } from "../../../redis/config";
import type { Directive } from "../../../redis/roles";
import type { RedisServerInputs } from "../redisServer";
import { writeMark } from "./owner";
import { stateHome } from "./state";

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
    await makePrivate(paths.folder);
    await writeMark(paths.folder, { owner: inputs.owner, directory: inputs.directory, state: stateHome() });
    await makePrivate(paths.data);
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

/** The names in a folder; none when there is no folder. */
export async function entries(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

/** The last lines of a log, from `offset` bytes on. */
export async function logTail(file: string, offset: number, lines = 12): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return Buffer.from(text).subarray(offset).toString().trimEnd().split("\n").slice(-lines).join("\n");
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
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

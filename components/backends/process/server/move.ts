import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, statfs } from "node:fs/promises";
import * as path from "node:path";
import { settingName } from "../../../redis/sentence";
import type { RedisServerInputs } from "../redisServer";
import { entries, serverPaths } from "./files";

/** The server as it shall be. */
type Moved = Pick<RedisServerInputs, "role" | "directory" | "section">;

/** Everything that decides whether a data folder can be moved. */
export interface MoveView {
  readonly from: string;
  readonly to: string;
  /** Which of the folders cannot be renamed, and what it is: `a link`. */
  readonly fixed?: { readonly folder: string; readonly kind: "a link" | "a mount point" };
  /** Whether one server's folder lies in the other's. */
  readonly nested: boolean;
  /** Whether files lie in the target. */
  readonly held: boolean;
  /** Why nothing can be written there: `EACCES`. */
  readonly unwritable?: string;
  /** On another disk: the bytes to copy, and those that are free there. */
  readonly copy?: { readonly needed: number; readonly free: number };
}

/** What keeps the data where it is, with what to do; undefined when it can be moved. Pure. */
export function moveProblem(view: MoveView): string | undefined {
  if (view.fixed) return `${view.fixed.folder} is ${view.fixed.kind}. Put the folder itself there`;
  if (view.nested) return "one of the two folders lies inside the other. Choose one beside it";
  if (view.held) return `${view.to} holds data already. Move one of the two away by hand`;
  if (view.unwritable !== undefined) {
    return `nothing can be written there (${view.unwritable}). Make it writable, or choose another folder`;
  }
  if (view.copy && view.copy.needed > view.copy.free) {
    const mib = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
    return `it takes ${mib(view.copy.needed)}, and the disk there has ${mib(view.copy.free)} free. Make room`;
  }
  return undefined;
}

/** Throws before anything is stopped when the data cannot be moved. Needs nothing when there is no data to move. */
export async function judgeMove(fromFolder: string, moved: Moved): Promise<void> {
  const [from, to] = [serverPaths(fromFolder).data, serverPaths(moved.directory).data];
  if (from === to || (await entries(from)).length === 0) return;
  const problem = moveProblem(await view(from, to));
  if (problem !== undefined) throw cannotMove(moved, from, to, problem);
}

/** A move that has happened, and can still be taken back. */
export interface Move {
  /** Removes what is left in the old place. */
  end(): Promise<void>;
  /** Puts everything back as it was. */
  undo(): Promise<void>;
  /** After that: removes the folders that were made for it, where they are empty. */
  forget(): Promise<void>;
}

const nothing = async () => {};
/** Of a server that has nothing to move. */
export const NO_MOVE: Move = { end: nothing, undo: nothing, forget: nothing };

/** Moves a stopped server's data. On another disk the old files stay beside, until the move is ended. */
export async function moveData(fromFolder: string, moved: Moved): Promise<Move> {
  const toFolder = moved.directory;
  const [from, to] = [serverPaths(fromFolder).data, serverPaths(toFolder).data];
  const left = `${from}.moved`;
  const removeLeft = () => rm(left, { recursive: true, force: true });
  if (from === to) return NO_MOVE;
  // Moved already, by a run that was killed.
  if ((await entries(from)).length === 0) return { ...NO_MOVE, end: removeLeft };
  if ((await entries(to)).length > 0) {
    throw cannotMove(moved, from, to, `${to} holds data already. Move one of the two away by hand`);
  }
  const made = await makeFolder(toFolder);
  const forget = async () => {
    if (made !== undefined) await removeEmpty(toFolder, made);
  };
  await rmdir(to).catch(() => {});
  try {
    await rename(from, to);
    return {
      end: nothing,
      async undo() {
        await rmdir(from).catch(() => {});
        await rename(to, from);
      },
      forget,
    };
  } catch (error) {
    // Another disk.
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") {
      await forget();
      throw cannotMove(moved, from, to, reason(error));
    }
  }
  // Complete under another name first, so that a crash leaves either all of it or none.
  const partial = `${to}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await cp(from, partial, { recursive: true, preserveTimestamps: true });
    await rename(partial, to);
    // From here on one place alone counts as holding the data, also for the run after one that is killed.
    await rename(from, left);
  } catch (error) {
    for (const folder of [partial, to]) await rm(folder, { recursive: true, force: true });
    await forget();
    throw cannotMove(moved, from, to, reason(error));
  }
  return {
    end: removeLeft,
    async undo() {
      await rename(left, from);
      await rm(to, { recursive: true, force: true });
    },
    forget,
  };
}

async function view(from: string, to: string): Promise<MoveView> {
  const [source, target] = [path.dirname(from), path.dirname(to)];
  const fixed = (await fixture(from)) ?? (await fixture(to)) ?? (await linked(target));
  const nested = isInside(source, target) || isInside(target, source);
  const held = (await entries(to)).length > 0;
  if (fixed || nested || held) return { from, to, nested, held, ...(fixed && { fixed }) };
  return { from, to, nested, held, ...(await trial(from, target)) };
}

/** A data folder that is no plain folder in its server's. */
async function fixture(folder: string): Promise<MoveView["fixed"]> {
  const [found, around] = await Promise.all(
    [folder, path.dirname(folder)].map((name) => stat(name).catch(() => undefined)),
  );
  if (await linked(folder)) return { folder, kind: "a link" };
  return found && around && found.dev !== around.dev ? { folder, kind: "a mount point" } : undefined;
}

async function linked(folder: string): Promise<MoveView["fixed"]> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isSymbolicLink() ? { folder, kind: "a link" } : undefined;
}

/** Writes into the target's folder for a moment: what the file system lets us do is not to be read from modes. */
async function trial(from: string, folder: string): Promise<Pick<MoveView, "unwritable" | "copy">> {
  let made: string | undefined;
  try {
    made = await makeFolder(folder);
    await rmdir(await mkdtemp(path.join(folder, ".trial-")));
    if ((await stat(folder)).dev === (await stat(from)).dev) return {};
    const disk = await statfs(folder);
    return { copy: { needed: await sizeOf(from), free: disk.bavail * disk.bsize } };
  } catch (error) {
    return { unwritable: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  } finally {
    if (made !== undefined) await removeEmpty(folder, made);
  }
}

function cannotMove({ role, section }: Moved, from: string, to: string, problem: string): Error {
  return new Error(
    `${role}: \`${settingName("directory", section)}\`: cannot move the data from ${from} to ${to}: ${problem}, then run again.`,
  );
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `${code ?? message}. Make the folder writable and its disk not full, or choose another folder`;
}

function isInside(folder: string, other: string): boolean {
  const relative = path.relative(other, folder);
  return (
    relative !== "" &&
    !relative.startsWith(`..${path.sep}`) &&
    relative !== ".." &&
    !path.isAbsolute(relative)
  );
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    bytes += (await lstat(path.join(entry.path, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

/**
 * Makes a folder and what is missing above it; returns the uppermost one made. Node's own `recursive` answers ENOENT
 * where a disk is read-only.
 */
async function makeFolder(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error) && found.isDirectory()) return undefined;
  const nothing = found instanceof Error && found.code === "ENOENT" && folder !== path.dirname(folder);
  const above = nothing ? await makeFolder(path.dirname(folder)) : undefined;
  await mkdir(folder, { mode: 0o700 });
  return above ?? folder;
}

/** Removes empty folders from this one up to the uppermost that was made. */
async function removeEmpty(folder: string, made: string): Promise<void> {
  for (let at = folder; at.length >= made.length; at = path.dirname(at)) {
    const kept = await rmdir(at).catch((error: NodeJS.ErrnoException) => error);
    if (kept && kept.code !== "ENOENT") return;
  }
}

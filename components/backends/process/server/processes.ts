import { execFile } from "node:child_process";
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether a process lives; one of another user counts, one that has ended and waits for its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const linux = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(linux);
}

/** Every process of this host; none where there is no /proc. */
export async function processIds(): Promise<number[]> {
  return (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
}

/**
 * The folder that a process of this user works in; undefined for another user's. Redis changes into `dir` at start
 * and overwrites its command line, so the folder is what tells whose server a process is.
 */
export async function workingFolder(pid: number): Promise<string | undefined> {
  const linux = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (linux !== undefined) {
    const owner = await stat(`/proc/${pid}`).catch(() => undefined);
    return owner?.uid === process.getuid?.() ? linux : undefined;
  }
  const listing = await run("lsof", ["-a", "-p", String(pid), "-d", "cwd", "-Fun"]).catch(() => undefined);
  const lines = listing?.stdout.split("\n") ?? [];
  if (!lines.includes(`u${process.getuid?.()}`)) return undefined;
  return lines.find((line) => line.startsWith("n"))?.slice(1);
}

/** Whether any process works in that folder: a server that has not written its pid file yet. Linux only, else false. */
export async function isInUse(folder: string): Promise<boolean> {
  const expected = await realpath(folder).catch(() => folder);
  const folders = await Promise.all((await processIds()).map(workingFolder));
  return folders.includes(expected);
}

import { execFile } from "node:child_process";
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { promisify } from "node:util";
import type { ServerPaths } from "./files";

const run = promisify(execFile);

/** The process id in a server's pid file, if that process lives and is this server. */
export async function ownProcess(paths: ServerPaths): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(paths.pid, "utf8").catch(() => ""), 10);
  return Number.isInteger(pid) && (await isAlive(pid)) && (await worksIn(pid, paths.data)) ? pid : undefined;
}

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

/**
 * Whether a process works in that folder. A pid file outlives a reboot, and its number may be anyone's by then;
 * Redis changes into `dir` at start and overwrites its command line, so the folder is what tells.
 */
async function worksIn(pid: number, folder: string): Promise<boolean> {
  const expected = await realpath(folder).catch(() => folder);
  const linux = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (linux !== undefined) return linux === expected;
  const listing = await run("lsof", ["-a", "-p", String(pid), "-d", "cwd", "-Fn"]).catch(() => undefined);
  return listing?.stdout.split("\n").includes(`n${expected}`) ?? false;
}

/** Whether any process works in that folder: a server that has not written its pid file yet. Linux only, else false. */
export async function isInUse(folder: string): Promise<boolean> {
  const expected = await realpath(folder).catch(() => folder);
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return folders.includes(expected);
}

/** `redis-server (pid 4711)`: who listens on that port of this host; undefined when it cannot be seen. */
export async function portHolder(port: number): Promise<string | undefined> {
  const linux = await linuxHolder(port);
  if (linux !== undefined) return linux;
  const listing = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]).catch(() => undefined);
  const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(listing?.stdout ?? "") ?? [];
  return pid && `${name} (pid ${pid})`;
}

/** Through /proc, which is always there on Linux, where lsof and ss often are not. */
async function linuxHolder(port: number): Promise<string | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const sockets = tables
    .flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === "0A")
    .map((columns) => `socket:[${columns[9]}]`);
  if (sockets.length === 0) return undefined;
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      if (sockets.includes(target)) {
        const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
        return `${name.trim()} (pid ${pid})`;
      }
    }
  }
  return undefined;
}

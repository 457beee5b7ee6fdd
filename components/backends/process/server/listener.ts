import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { endianness } from "node:os";
import { promisify } from "node:util";
import { isAlive, processIds } from "./processes";

const run = promisify(execFile);

/**
 * The processes among `candidates` (all, when not given) that hold the listening socket of an address. The kernel's
 * word: what a listener says of itself, anybody could say.
 */
export async function listeners(
  host: string,
  port: number,
  candidates?: () => Promise<readonly number[]>,
): Promise<number[]> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => undefined)),
  );
  if (tables.every((table) => table === undefined)) return await listenersByLsof(host, port);
  const sockets = listeningSockets(tables.join("\n"), host, port);
  if (sockets.length === 0) return [];
  const pids = await (candidates ?? processIds)();
  const holders = await Promise.all(pids.map(async (pid) => ({ pid, holds: await holds(pid, sockets) })));
  return holders.filter(({ holds }) => holds).map(({ pid }) => pid);
}

/** The inodes, as /proc/net/tcp and tcp6 list them, of the sockets that a connection to that address can reach. */
export function listeningSockets(tables: string, host: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = tables
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === "0A");
  const address = hexAddress(host);
  const exact = rows.filter(([, local]) => address !== undefined && local?.split(":")[0]?.endsWith(address));
  const everywhere = rows.filter(([, local]) => /^0+:/.test(local ?? ""));
  return (exact.length > 0 ? exact : everywhere).map((columns) => `socket:[${columns[9]}]`);
}

/** `127.0.0.1` as those tables write it: in the order of this machine's bytes. */
function hexAddress(host: string): string | undefined {
  if (!isIPv4(host)) return undefined;
  const bytes = host.split(".").map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"));
  return (endianness() === "LE" ? bytes.reverse() : bytes).join("");
}

/** All of them: two processes may share a port, and then a connection may reach the other. */
async function holds(pid: number, sockets: readonly string[]): Promise<boolean> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
  return sockets.every((socket) => targets.includes(socket));
}

/** Where there is no /proc, as on macOS. */
async function listenersByLsof(host: string, port: number): Promise<number[]> {
  const args = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpn"];
  const listing = await run("lsof", args).catch(() => undefined);
  return lsofListeners(listing?.stdout ?? "", host);
}

/** From `lsof -Fpn`: a line `p<pid>`, then for each of its sockets a line `n<address>:<port>`. */
export function lsofListeners(listing: string, host: string): number[] {
  const sockets: { pid: number; address: string }[] = [];
  let pid = 0;
  for (const line of listing.split("\n")) {
    if (line.startsWith("p")) pid = Number(line.slice(1));
    if (line.startsWith("n")) sockets.push({ pid, address: line.slice(1, line.lastIndexOf(":")) });
  }
  const exact = sockets.filter(({ address }) => address === host);
  const everywhere = sockets.filter(({ address }) => address === "*");
  return [...new Set((exact.length > 0 ? exact : everywhere).map((socket) => socket.pid))];
}

/** A living process by name, `redis-server (pid 4711)`. */
export async function describeProcess(pid: number): Promise<string | undefined> {
  if (!(await isAlive(pid))) return undefined;
  const linux = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => undefined);
  const name = linux ?? (await run("ps", ["-o", "comm=", "-p", String(pid)]).catch(() => undefined))?.stdout;
  return `${name?.trim() || "a process"} (pid ${pid})`;
}

import { readFile, realpath } from "node:fs/promises";
import * as path from "node:path";
import type { RedisServerInputs } from "../redisServer";
import { serverPaths } from "./files";
import { describeProcess, listeners } from "./listener";
import { readMark } from "./owner";
import { isAlive, processIds, workingFolder } from "./processes";

type Place = Pick<RedisServerInputs, "directory" | "host" | "port">;

/** The process of this folder's server, by its port or its pid file; never one that only says so. */
export async function serverProcess(place: Place): Promise<number | undefined> {
  return (await listeningServer(place)) ?? (await recordedProcess(place));
}

/**
 * The process that a connection to this server's address reaches, if it is this folder's server and runs as this
 * user. To be asked before a password is sent or a signal.
 */
export async function listeningServer(place: Place): Promise<number | undefined> {
  const candidates = async () => {
    const recorded = await recordedProcess(place);
    return recorded === undefined ? await serverProcesses(place) : [recorded];
  };
  const pids = await listeners(place.host, place.port, candidates);
  const ours = await Promise.all(pids.map((pid) => isServerOf(place, pid)));
  // A child that saves holds its parent's socket for a moment; it is the younger one.
  return pids.length > 0 && ours.every(Boolean) ? Math.min(...pids) : undefined;
}

/** Who listens there, for a message: `redis-server (pid 4711), the server of /srv/redis/queue`. */
export async function portHolder(host: string, port: number): Promise<string | undefined> {
  const [pid] = await listeners(host, port);
  if (pid === undefined) return undefined;
  const name = await describeProcess(pid);
  const folder = path.dirname((await workingFolder(pid)) ?? "/");
  const marked = (await readMark(folder)) !== undefined;
  return marked ? `${name}, the server of ${folder}` : name;
}

/** A pid file outlives a reboot, and its number may be anyone's by then; a copied one names the original. */
async function recordedProcess(place: Place): Promise<number | undefined> {
  const text = await readFile(serverPaths(place.directory).pid, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return pid > 1 && (await isAlive(pid)) && (await isServerOf(place, pid)) ? pid : undefined;
}

async function serverProcesses(place: Place): Promise<number[]> {
  const pids = await processIds();
  const ours = await Promise.all(pids.map((pid) => isServerOf(place, pid)));
  return pids.filter((_, index) => ours[index]);
}

async function isServerOf({ directory }: Place, pid: number): Promise<boolean> {
  const folder = await workingFolder(pid);
  if (folder === undefined) return false;
  const { data } = serverPaths(directory);
  const expected = await realpath(data).catch(() => undefined);
  if (expected !== undefined) return folder === expected;
  // The folder was moved by hand while its server ran: the mark in it still says where it was.
  return path.basename(folder) === "data" && (await readMark(path.dirname(folder)))?.directory === directory;
}

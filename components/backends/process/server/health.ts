import type { RedisServerInputs } from "../redisServer";
import { info, withClient } from "./client";
import { serverPaths } from "./files";
import { isAlive, ownProcess } from "./processes";

/** What a server is found to be. `busy`: it lives, but answers nobody, as during a long script. */
export type Health = "healthy" | "busy" | "down";

/** How this server is, and whether it is the one of this folder. */
export async function healthOf(inputs: RedisServerInputs, password: string): Promise<Health> {
  const answer = await identify(inputs, password).catch((error: Error) => error);
  if (!(answer instanceof Error)) return answer === undefined ? "down" : "healthy";
  const lives = (await ownProcess(serverPaths(inputs.directory))) !== undefined;
  return lives && isBusy(answer) ? "busy" : "down";
}

/**
 * The process of this folder's server: by its pid file, else by asking whoever listens on the port with a password
 * that only it would take. The folder may have been moved, or the pid file removed, while it ran.
 */
export async function serverProcess(
  inputs: RedisServerInputs,
  passwords: readonly string[],
): Promise<number | undefined> {
  const known = await ownProcess(serverPaths(inputs.directory));
  if (known !== undefined) return known;
  for (const password of passwords) {
    const pid = await identify(inputs, password).catch(() => undefined);
    if (pid !== undefined && (await isAlive(pid))) return pid;
  }
  return undefined;
}

/** The process id of whoever answers on the port, if it was started with this folder's configuration. */
async function identify(inputs: RedisServerInputs, password: string): Promise<number | undefined> {
  const server = await withClient({ ...inputs, password }, (client) => info(client, "server"));
  const ours = server.get("config_file") === serverPaths(inputs.directory).config;
  return ours ? Number(server.get("process_id")) : undefined;
}

/** Redis' own word, or no answer in time. A password that is refused, or a closed port, is something else. */
function isBusy(error: Error): boolean {
  return /^BUSY|timed out|ETIMEDOUT/.test(error.message);
}

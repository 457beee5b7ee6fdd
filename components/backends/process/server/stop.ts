import { setTimeout as sleep } from "node:timers/promises";
import type { RedisServerInputs } from "../redisServer";
import { withClient } from "./client";
import { serverPaths } from "./files";
import { serverProcess } from "./identity";
import { isAlive } from "./processes";
import { stopUnits } from "./supervise";

/** How long a server may take to save and end. A snapshot of several GB to a slow disk takes minutes. */
const STOP_MS = 10 * 60_000;
const POLL_MS = 50;

/** Stops the server cleanly: a queue is saved first. Does nothing when it is not running. */
export async function stop(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  await stopUnits(inputs, passwords);
  const pid = await serverProcess(inputs);
  if (pid === undefined) return;
  const refusal = await shutdown(inputs, passwords, pid);
  const deadline = Date.now() + STOP_MS;
  while (await isAlive(pid)) {
    if (refusal !== undefined || Date.now() > deadline) {
      throw new Error(
        `${inputs.role}: the server (pid ${pid}) does not stop: ${refusal ?? "it is still saving"}. ` +
          `Look into ${serverPaths(inputs.directory).log}; the server goes on. Then run again.`,
      );
    }
    await sleep(POLL_MS);
  }
}

async function shutdown(
  inputs: RedisServerInputs,
  passwords: readonly string[],
  pid: number,
): Promise<string | undefined> {
  for (const password of passwords) {
    const outcome = await withClient(
      { ...inputs, password },
      (client) => client.call("SHUTDOWN", inputs.persists ? "SAVE" : "NOSAVE"),
      STOP_MS,
    ).catch((error: Error) => error);
    // A server that obeys closes the connection; one that cannot save, or runs a script, answers an error and goes on.
    if (outcome instanceof Error && outcome.name === "ReplyError") return outcome.message;
    if (!(await isAlive(pid))) return undefined;
  }
  // Nobody knows this server's password (an interrupted `up`), or it is gone by now: SIGTERM saves too.
  if ((await serverProcess(inputs)) === pid) process.kill(pid, "SIGTERM");
  return undefined;
}

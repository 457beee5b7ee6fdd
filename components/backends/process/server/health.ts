import type { RedisServerInputs } from "../redisServer";
import { info, withClient } from "./client";
import { serverProcess } from "./identity";

/** What a server is found to be. `busy`: it lives, but answers nobody, as during a long script. */
export type Health = "healthy" | "busy" | "down";

/** How the server of this folder is. */
export async function healthOf(inputs: RedisServerInputs, password: string): Promise<Health> {
  const answer = await withClient({ ...inputs, password }, (client) => info(client, "server")).catch(
    (error: Error) => error,
  );
  if (!(answer instanceof Error)) return "healthy";
  return isBusy(answer) && (await serverProcess(inputs)) !== undefined ? "busy" : "down";
}

/** Redis' own word, or no answer in time. A password that is refused, or a closed port, is something else. */
function isBusy(error: Error): boolean {
  return /^BUSY|timed out|ETIMEDOUT/.test(error.message);
}

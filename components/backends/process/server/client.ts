import type { Redis } from "ioredis";
import { oneAttempt } from "../../../connect";
import type { Info } from "../../../redis/info";
import { parseInfo } from "../../../redis/info";
import { listeningServer } from "./identity";

/** How long one answer may take before the server counts as not answering. A busy Lua script can hold it that long. */
const ANSWER_MS = 5000;

/**
 * Runs `work` on a connection of its own. Rejects at once when this folder's server does not listen, or refuses the
 * password; nobody else is sent it.
 */
export async function withClient<T>(
  server: {
    readonly directory: string;
    readonly host: string;
    readonly port: number;
    readonly password: string;
  },
  work: (client: Redis) => Promise<T>,
  answerMs = ANSWER_MS,
): Promise<T> {
  if ((await listeningServer(server)) === undefined) {
    throw new Error(`The server of ${server.directory} does not listen on ${server.host}:${server.port}.`);
  }
  const { client } = oneAttempt({
    host: server.host,
    port: server.port,
    password: server.password,
    connectTimeout: ANSWER_MS,
    commandTimeout: answerMs,
  });
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** One section of INFO. */
export async function info(client: Redis, section: string): Promise<Info> {
  return parseInfo(await client.info(section));
}

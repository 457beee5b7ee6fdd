import { Redis } from "ioredis";
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
  const client = new Redis({
    host: server.host,
    port: server.port,
    password: server.password,
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: answerMs,
    // A server that loads its AOF answers LOADING; that is for the caller to see.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener ioredis prints what the rejected call below reports anyway.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** One section of INFO as a map. */
export async function info(client: Redis, section: string): Promise<Map<string, string>> {
  const text = await client.info(section);
  return new Map(
    text.split("\r\n").flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

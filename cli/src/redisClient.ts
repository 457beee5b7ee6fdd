import { Redis } from "ioredis";
import { until } from "./deadline";
import type { Endpoint } from "./outputs";

/** What ioredis is constructed with. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly servername?: string };
}

/** One connection attempt, no second one: a command that fails must say so. */
export const ONE_ATTEMPT = { retryStrategy: () => null } as const;

/** The ioredis options of an endpoint. */
export function targetOf(endpoint: Endpoint): Target {
  const { host, port, username, password, tls, caCertificate, servername } = endpoint;
  return {
    host,
    port,
    username,
    password,
    ...(tls && {
      tls: {
        ...(caCertificate !== undefined && { ca: caCertificate }),
        ...(servername !== undefined && { servername }),
      },
    }),
  };
}

/**
 * Connects and logs in once. The caller disconnects. Throws what went wrong: a ReplyError when the server
 * refused, the socket's error when nothing answered, the signal's reason when it took too long.
 */
export async function connect(target: Target, signal: AbortSignal): Promise<Redis> {
  const client = new Redis({
    ...target,
    ...ONE_ATTEMPT,
    lazyConnect: true,
    enableReadyCheck: false,
    // The deadline alone limits the time.
    connectTimeout: 0,
  });
  // ioredis rejects connect() with "Connection is closed."; the cause is only in this event.
  let cause: unknown;
  client.on("error", (error) => {
    cause = error;
  });
  try {
    await until(signal, client.connect());
    return client;
  } catch (error) {
    client.disconnect();
    throw error === signal.reason ? error : (cause ?? error);
  }
}

/** Whether this is an answer of the server, and not a broken connection. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

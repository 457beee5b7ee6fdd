import type { RedisOptions } from "ioredis";
import { Redis } from "ioredis";

/** A client for one look at a server. */
export interface Attempt {
  /** Not connected yet; whoever has it disconnects it. */
  readonly client: Redis;
  /** What the connection failed of. A rejected call of ioredis only says "Connection is closed.". */
  readonly cause: () => Error | undefined;
}

/**
 * A client that connects once and not again: a command that fails says so. A server that loads its data answers
 * LOADING, for the caller to see.
 */
export function oneAttempt(options: RedisOptions): Attempt {
  const client = new Redis({
    ...options,
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  // Without a listener ioredis prints what the rejected call reports.
  client.on("error", (error) => {
    cause = error;
  });
  return { client, cause: () => cause };
}

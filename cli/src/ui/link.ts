import { Redis } from "ioredis";
import { startDeadline } from "../deadline";
import type { Client, Target } from "../redisClient";
import { clusterOf } from "../redisClient";

/** Milliseconds between attempts to connect, and that an answer may take. */
const RETRY_MS = 1000;
const ANSWER_MS = 5000;

/**
 * A connection to a role's server that outlives it: commands fail at once while it is away, and work again when it is
 * back.
 */
export class Link {
  private cause: unknown;

  private constructor(
    /** The server that the endpoint leads to. */
    private readonly server: Redis,
    /** All that hold the role's keys: the same server, or its whole cluster. */
    readonly client: Client,
  ) {
    server.on("error", (error) => {
      this.cause = error;
    });
    server.on("ready", () => {
      this.cause = undefined;
    });
    client.on("error", () => undefined);
  }

  /** To one server, or to a whole cluster where `clustered` says so. Connects by itself. */
  static open(target: Target, clustered: boolean): Link {
    const options = { ...target, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0 };
    const server = new Redis({
      ...options,
      enableOfflineQueue: false,
      retryStrategy: () => RETRY_MS,
      // One that still loads its data tells so itself.
      enableReadyCheck: false,
    });
    if (!clustered) return new Link(server, server);
    const cluster = { enableOfflineQueue: false, clusterRetryStrategy: () => RETRY_MS };
    return new Link(server, clusterOf(options, cluster));
  }

  /** Asks the server. Throws why it is not there, as its connection said it. */
  async ask<T>(work: (server: Redis, signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = startDeadline(ANSWER_MS);
    try {
      return await work(this.server, deadline.signal);
    } catch (error) {
      throw this.cause ?? error;
    } finally {
      deadline.clear();
    }
  }

  close(): void {
    this.server.disconnect();
    this.client.disconnect();
  }
}

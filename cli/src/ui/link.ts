import { Cluster, Redis } from "ioredis";
import { parseInfo } from "redis-topology/redis";
import { startDeadline, until } from "../deadline";
import { messageOf } from "../errors";
import type { Client, Target } from "../redisClient";

/** Milliseconds between attempts to connect, and that an answer may take. */
const RETRY_MS = 1000;
const ANSWER_MS = 5000;

/**
 * A connection to a role's server that outlives it: commands fail at once while it is away, and work again when it is
 * back.
 */
export class Link {
  readonly client: Client;
  private cause: string | undefined;

  private constructor(client: Client) {
    this.client = client;
    const note = (error: unknown) => {
      this.cause = messageOf(error);
    };
    client.on("error", note);
    client.on("node error", note);
    client.on("ready", () => {
      this.cause = undefined;
    });
  }

  /** To one server, or to a whole cluster where `clustered` says so. Connects by itself. */
  static open(target: Target, clustered: boolean): Link {
    const { host, port, ...login } = target;
    const options = { ...login, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0 };
    if (!clustered) {
      return new Link(
        new Redis({ ...options, host, port, enableOfflineQueue: false, retryStrategy: () => RETRY_MS }),
      );
    }
    return new Link(
      new Cluster([{ host, port }], {
        redisOptions: options,
        enableOfflineQueue: false,
        clusterRetryStrategy: () => RETRY_MS,
        dnsLookup: (address, done) => done(null, address),
      }),
    );
  }

  /** The fields of INFO. Throws why the server is not there, as its connection said it. */
  async info(): Promise<Record<string, string>> {
    const deadline = startDeadline(ANSWER_MS);
    try {
      return parseInfo(await until(deadline.signal, this.client.info()));
    } catch (error) {
      throw this.cause === undefined ? error : new Error(this.cause);
    } finally {
      deadline.clear();
    }
  }

  close(): void {
    this.client.disconnect();
  }
}

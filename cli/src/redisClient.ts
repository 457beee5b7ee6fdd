import type { ClusterOptions, Redis } from "ioredis";
import { Cluster } from "ioredis";
import { oneAttempt } from "redis-topology/connect";
import { until } from "./deadline";
import { UserError } from "./errors";
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

/**
 * The ioredis options of an endpoint. Throws UserError for one whose address exists only inside containers: whatever
 * has that address here would be sent the password.
 */
export function targetOf(endpoint: Endpoint): Target {
  const { host, port, username, password, tls, caCertificate, servername, inside } = endpoint;
  if (inside) {
    throw new UserError(
      `${host}:${port} is the server only inside ${inside}. Here it would be another one, and be sent the password; nothing was connected. Run the check there, or name an address that leads there: \`--endpoint ROLE=HOST:PORT\`.`,
    );
  }
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
  // The deadline alone limits the time.
  const { client, cause } = oneAttempt({ ...target, connectTimeout: 0 });
  try {
    await until(signal, client.connect());
    return client;
  } catch (error) {
    client.disconnect();
    throw error === signal.reason ? error : (cause() ?? error);
  }
}

/** A server, or a whole cluster that follows its keys (MOVED). */
export type Client = Redis | Cluster;

/** Connects to the cluster that a server belongs to; as `connect` otherwise. */
export async function connectCluster(target: Target, signal: AbortSignal): Promise<Cluster> {
  const cluster = clusterOf(target, { lazyConnect: true });
  // ioredis rejects connect() with "Failed to refresh slots cache."; which node failed is only in this event.
  let cause: unknown;
  cluster.on("node error", (error) => {
    cause = error;
  });
  cluster.on("error", () => undefined);
  try {
    await until(signal, cluster.connect());
    return cluster;
  } catch (error) {
    cluster.disconnect();
    throw error === signal.reason ? error : (cause ?? error);
  }
}

/** A client for the cluster that a server belongs to; what ioredis takes for every node stands in `target`. One attempt, unless told otherwise. */
export function clusterOf<T extends Target>(target: T, options: ClusterOptions = {}): Cluster {
  const { host, port, ...node } = target;
  return new Cluster([{ host, port }], {
    clusterRetryStrategy: ONE_ATTEMPT.retryStrategy,
    ...options,
    redisOptions: node,
    // A certificate carries names and not addresses, so that nodes must be called by theirs (ioredis, "Cluster").
    dnsLookup: (address, done) => done(null, address),
  });
}

/** Whether this is an answer of the server, and not a broken connection. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

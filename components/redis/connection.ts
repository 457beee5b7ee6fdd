import type { BullmqArgs } from "./bullmq";
import { bullmqDefaults } from "./bullmq";
import type { Variable } from "./envPrefix";
import { DEFAULT_ENV_PREFIX, withEnvPrefix } from "./envPrefix";
import { urlPart } from "./quote";

/** Everything a client needs to know to connect; plain data. */
export interface Connection {
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Whether the server speaks TLS on this port. */
  readonly tls: boolean;
  /** PEM of a private certificate authority, where the server's certificate needs one. */
  readonly caCertificate?: string;
  /** BullMQ key prefix, where the stack sets one, or with a hash tag where the server runs in cluster mode. */
  readonly prefix?: string;
  /** Prefix of the role's variables, where the stack sets one. */
  readonly envPrefix?: string;
}

/** `redis://user:password@host:port`, or `rediss://` with TLS; user and password percent-encoded, IPv6 in brackets. */
export function connectionUrl(connection: Connection): string {
  const { host, port, username, password, tls } = connection;
  const authority = `${urlPart(username)}:${urlPart(password)}@${host.includes(":") ? `[${host}]` : host}`;
  return `${tls ? "rediss" : "redis"}://${authority}:${port}`;
}

/**
 * The environment of an application: `REDIS_*` for the cache, `REDIS_QUEUE_*` for the queue, or under the `envPrefix` of
 * each; absent roles have no keys. All that `redis-topology/client` needs is in it: `_URL`, `_PREFIX` and `_CA_CERT`
 * where there is one, and as `_BULLMQ` of the queue the options for BullMQ as JSON, which hold nothing secret.
 */
export function environment(
  cache: Connection | undefined,
  queue: Connection | undefined,
  bullmq?: BullmqArgs,
): Record<string, string> {
  return {
    ...(cache && withEnvPrefix(cache.envPrefix ?? DEFAULT_ENV_PREFIX.cache, variables(cache))),
    ...(queue &&
      withEnvPrefix(queue.envPrefix ?? DEFAULT_ENV_PREFIX.queue, {
        ...variables(queue),
        BULLMQ: JSON.stringify(bullmqDefaults(bullmq)),
      })),
  };
}

function variables(connection: Connection): Partial<Record<Variable, string>> {
  const { caCertificate } = connection;
  return {
    HOST: connection.host,
    PORT: String(connection.port),
    PASSWORD: connection.password,
    URL: connectionUrl(connection),
    TLS: String(connection.tls),
    ...(connection.prefix !== undefined && { PREFIX: connection.prefix }),
    // A dotenv file cannot hold a carriage return; a PEM means the same without.
    ...(caCertificate !== undefined && { CA_CERT: caCertificate.replaceAll("\r\n", "\n") }),
  };
}

/** The TLS option of ioredis: absent without TLS, `{}` for a public certificate, `{ ca }` for a private one. */
export function ioredisTls(
  connection: Pick<Connection, "tls" | "caCertificate">,
): { ca?: string } | undefined {
  if (!connection.tls) return undefined;
  return connection.caCertificate === undefined ? {} : { ca: connection.caCertificate };
}

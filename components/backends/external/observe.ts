import { Redis } from "ioredis";
import { ioredisTls } from "../../redis/bullmq";
import type { ExternalServerInputs, Observation } from "./externalServer";

/** How long connecting, and then one answer, may take: enough for a server on another continent under load. */
const ANSWER_MS = 5_000;

/** What the server says of itself, or in one sentence why it does not. The password is in neither. */
export async function observe(server: ExternalServerInputs): Promise<Observation | string> {
  const client = new Redis({
    host: server.host,
    port: server.port,
    username: server.username,
    password: server.password,
    tls: ioredisTls(server),
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // ioredis tells the reason (refused, certificate) only here; the rejected call says "Connection is closed".
  let reason: Error | undefined;
  client.on("error", (error) => {
    reason = error;
  });
  try {
    await client.connect();
    return read(await client.info());
  } catch (error) {
    return failure(server, reason ?? (error as Error));
  } finally {
    client.disconnect();
  }
}

function failure({ role, host, port, tls, username }: ExternalServerInputs, error: Error): string {
  const where = `${role}Server: ${host}:${port}`;
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(error.message)) {
    return `${where} refuses the user ${JSON.stringify(username)} with this password. Check both at the server's provider.`;
  }
  const code = (error as NodeJS.ErrnoException).code;
  const detail = code && !error.message.includes(code) ? `${code}, ${error.message}` : error.message;
  return `${where} cannot be used ${tls ? "with" : "without"} TLS: ${detail || "no answer"}. Check host, port, TLS, certificate and firewall, or skip the check with \`checkAtDeploy: false\`.`;
}

function read(text: string): Observation {
  const fields = new Map(
    text.split("\r\n").flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
  const valkey = fields.get("valkey_version");
  return {
    server: valkey ? `valkey ${valkey}` : `redis ${fields.get("redis_version") ?? "0"}`,
    clusterMode: fields.get("cluster_enabled") === "1" || fields.get("redis_mode") === "cluster",
    policy: fields.get("maxmemory_policy") ?? "",
    persistence: persistence(fields),
  };
}

/** INFO does not say whether RDB saves are scheduled, only (since 7.0) how many were written. */
function persistence(fields: ReadonlyMap<string, string>): string {
  if (fields.get("aof_enabled") === "1") return "aof";
  const saves = fields.get("rdb_saves");
  if (saves === undefined) return "";
  return saves === "0" ? "none" : "rdb";
}

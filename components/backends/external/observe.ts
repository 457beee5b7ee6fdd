import type { Redis } from "ioredis";
import { oneAttempt } from "../../connect";
import { DEFAULT_USERNAME } from "../../redis/acl";
import { isLoopback } from "../../redis/address";
import { ioredisTls } from "../../redis/bullmq";
import type { Info } from "../../redis/info";
import { parseInfo, serverName } from "../../redis/info";
import { settingName } from "../../redis/sentence";
import type { ExternalServerInputs, Observation, Standing } from "./externalServer";

/** How long connecting, and then one answer, may take in an `up`: enough for a server on another continent under load. */
const ANSWER_MS = 5_000;
/** The same in a preview, which goes on without an answer. */
const PREVIEW_ANSWER_MS = 2_000;

/** What the server says of itself, or in one sentence why it does not. The password is in neither. */
export async function observe(server: ExternalServerInputs): Promise<Observation | string> {
  const answerMs = server.preview ? PREVIEW_ANSWER_MS : ANSWER_MS;
  const { client, cause } = oneAttempt({
    host: server.host,
    port: server.port,
    ...login(server),
    tls: ioredisTls(server),
    connectTimeout: answerMs,
    commandTimeout: answerMs,
  });
  try {
    await client.connect();
    return await read(server, client);
  } catch (error) {
    return failure(server, cause() ?? (error as Error));
  } finally {
    client.disconnect();
  }
}

/** An empty password of the default user is none: with AUTH the server would call it wrong instead of missing. */
function login({ username, password }: ExternalServerInputs): { username?: string; password?: string } {
  return username === DEFAULT_USERNAME && password === "" ? {} : { username, password };
}

/** The server in a message. Its host may be a secret, or a URL with one by mistake, which Pulumi does not tell here. */
function named(host: string, port: number): string {
  return isLoopback(host) ? `${host}:${port}` : `the server on port ${port}`;
}

/** Why a server cannot be judged, from the error it or the connection gave. */
export function failure(
  { role, host, port, tls, username, section }: Omit<ExternalServerInputs, "password">,
  error: Error,
): string {
  const where = `${settingName(`${role}Server`, section)}: ${named(host, port)}`;
  const skip = `skip the check with \`${settingName("checkAtDeploy", section)}: false\`.`;
  const user = username === DEFAULT_USERNAME ? JSON.stringify(username) : "that is given";
  if (/NOAUTH/.test(error.message)) {
    return `${where} demands a password, and none is given. Set \`${settingName(`${role}Server.password`, section)}\` to the one that the server's provider shows.`;
  }
  if (/WRONGPASS|invalid password|without any password/i.test(error.message)) {
    return `${where} refuses the user ${user} with this password. Check both at the server's provider.`;
  }
  if (/NOPERM/.test(error.message)) {
    return `${where} does not let the user ${user} run INFO. Allow it at the server's provider (\`+info\`), or ${skip}`;
  }
  if (/LOADING/.test(error.message)) {
    return `${where} is still loading its data. Run \`pulumi up\` again when it has done so.`;
  }
  if (/MASTERDOWN/.test(error.message)) {
    return `${where} is a replica that has lost its primary. Give the address of the primary.`;
  }
  const code = (error as NodeJS.ErrnoException).code;
  const words = isLoopback(host) ? error.message : error.message.replaceAll(host, "the host");
  const detail = code && !words.includes(code) ? `${code}, ${words}` : words;
  return `${where} cannot be used ${tls ? "with" : "without"} TLS: ${detail || "no answer"}. Check host, port, TLS, certificate and firewall, or ${skip}`;
}

async function read({ role, host, port }: ExternalServerInputs, client: Redis): Promise<Observation> {
  const info = parseInfo(await client.info());
  if (info.loading === "1") {
    console.error(
      `${role}: ${named(host, port)} is still loading its data, and refuses to read and write until then`,
    );
  }
  const standing = standingOf(info);
  return {
    server: serverName(info),
    clusterMode: info.cluster_enabled === "1" || info.redis_mode === "cluster",
    policy: info.maxmemory_policy ?? "",
    persistence: info.aof_enabled === "1" ? "aof" : await snapshots(client),
    ...(standing && { standing }),
  };
}

function standingOf(info: Info): Standing | undefined {
  if (info.redis_mode === "sentinel") return "sentinel";
  if (info.role !== "slave") return undefined;
  return info.slave_read_only === "0" ? "writable replica" : "read-only replica";
}

/**
 * Whether RDB saves are scheduled. INFO counts the saves since the start only: a server that has not saved yet
 * looks like one that never will. Where CONFIG is blocked, nobody knows.
 */
async function snapshots(client: Redis): Promise<string> {
  const answer = await client.config("GET", "save").catch(() => undefined);
  const save = Array.isArray(answer) ? answer[1] : undefined;
  if (typeof save !== "string") return "";
  return save === "" ? "none" : "rdb";
}

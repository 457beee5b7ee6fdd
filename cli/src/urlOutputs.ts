import { bullmqDefaults, connectionUrl, EVENTS, elsewhere, ioredisTls, Role } from "redis-topology/redis";
import { UserError } from "./errors";
import type { StackOutputs } from "./outputs";
import { parseOutputs } from "./outputs";

const FORM =
  "`redis://USER:PASSWORD@HOST:PORT`, or `rediss://` with TLS; leave the password out and give it in REDISCLI_AUTH";

/**
 * What stands for a stack's outputs when a server is given by URL: one role, the queue unless another is asked for.
 * The password may come from `REDISCLI_AUTH`, as redis-cli takes it. Throws UserError, which quotes nothing of the URL. `option`: what gave it.
 */
export function urlOutputs(
  text: string,
  role: Role,
  env: NodeJS.ProcessEnv = process.env,
  option = "--url",
): StackOutputs {
  const endpoint = readUrl(text, env.REDISCLI_AUTH ?? "", option);
  const { host, port, username, password } = endpoint;
  const { producer, worker, ...rest } = bullmqDefaults();
  const connection = { host, port, username, password, tls: ioredisTls(endpoint) };
  const outputs = {
    backend: "url",
    [role]: { ...endpoint, url: connectionUrl(endpoint) },
    env: {},
    ...(role === Role.Queue && {
      bullmq: { producer: { ...connection, ...producer }, worker: { ...connection, ...worker }, ...rest },
    }),
    guarantees: { [role]: unknownGuarantees() },
  };
  return parseOutputs(JSON.stringify(outputs), option);
}

function readUrl(text: string, fallback: string, option: string) {
  if (!URL.canParse(text)) throw new UserError(`${option} is no URL. Allowed: ${FORM}.`);
  const url = new URL(text);
  if (!["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw new UserError(`${option} is no address of a Redis. Allowed: ${FORM}.`);
  }
  if (url.pathname.length > 1 && url.pathname !== "/0") {
    throw new UserError(
      `${option} names a database other than 0. BullMQ and these commands use database 0: remove it.`,
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || 6379),
    username: decode(url.username, option) || "default",
    password: decode(url.password, option) || fallback,
    tls: url.protocol === "rediss:",
  };
}

function decode(part: string, option: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UserError(`${option} holds a \`%\` that encodes nothing. Write a percent sign as \`%25\`.`);
  }
}

function unknownGuarantees() {
  const outcome = elsewhere("Given by URL: nothing is known of what keeps it.");
  return Object.fromEntries(EVENTS.map((event) => [event, outcome]));
}

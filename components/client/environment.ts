import type { Problem } from "../planning/problems";
import { describeAll } from "../planning/problems";
import type { BullmqDefaults } from "../redis/bullmq";
import { bullmqDefaults } from "../redis/bullmq";
import { DEFAULT_ENV_PREFIX } from "../redis/envPrefix";

/** An environment, as `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a role's variables are. */
export interface EnvironmentNames {
  /** The role's `envPrefix` in the stack file. Default `REDIS` for a cache, `REDIS_QUEUE` for a queue. */
  readonly envPrefix?: string;
}

/** One server, as its variables say. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database, where the URL names one. */
  readonly db?: number;
  readonly tls: boolean;
  /** PEM of a private certificate authority. */
  readonly caCertificate?: string;
}

const DEFAULT_PORT = 6379;
const FROM_THE_STACK =
  "Take it from the stack's `env` output: `npx redis-topology env -s <stack>`, or its Secret.";

/** The cache's server. Throws one error that names every variable which is missing or malformed, and no value. */
export function readCache(
  env: Environment,
  { envPrefix = DEFAULT_ENV_PREFIX.cache }: EnvironmentNames = {},
): Server {
  const problems = cacheNameProblems(envPrefix, env);
  const server = readServer(envPrefix, env, problems);
  if (server === undefined || problems.length > 0) throw unusable("cache", problems);
  return server;
}

/** The queue's server, its prefix and its BullMQ options. Throws as `readCache` does. */
export function readQueue(
  env: Environment,
  { envPrefix = DEFAULT_ENV_PREFIX.queue }: EnvironmentNames = {},
): { server: Server; prefix?: string; bullmq: BullmqDefaults } {
  const problems = queueNameProblems(envPrefix, env);
  const server = readServer(envPrefix, env, problems);
  const bullmq = readBullmq(`${envPrefix}${BULLMQ}`, env, problems);
  if (server === undefined || problems.length > 0) throw unusable("queue", problems);
  const prefix = env[`${envPrefix}_PREFIX`];
  // Where a variable cannot be absent, as in a Compose file, it is empty.
  return { server, ...(prefix && { prefix }), bullmq };
}

/** Only a queue has it. */
const BULLMQ = "_BULLMQ";

/** What a cache keeps would fill up a queue, which evicts nothing. */
function cacheNameProblems(envPrefix: string, env: Environment): Problem[] {
  const name = `${envPrefix}${BULLMQ}`;
  if (!env[name]) return [];
  return [
    {
      key: name,
      was: `there, so \`${envPrefix}_URL\` leads to a queue`,
      allowed: "a cache, since what it keeps would fill up a queue, which evicts nothing",
      fix: "Say where the cache's variables are, `cacheOptions(env, { envPrefix })`, or do without a cache.",
    },
  ];
}

/** A stack's queue under another name: this one may be its cache, which evicts jobs. */
function queueNameProblems(envPrefix: string, env: Environment): Problem[] {
  const queues = Object.keys(env).filter((name) => name.endsWith(BULLMQ) && env[name]);
  const [other] = queues;
  if (other === undefined || queues.includes(`${envPrefix}${BULLMQ}`)) return [];
  return [
    {
      key: `${envPrefix}${BULLMQ}`,
      was: `missing, and there is \`${other}\``,
      allowed: "the queue that the stack has, since a cache evicts jobs",
      fix: `Read that one, \`{ envPrefix: "${other.slice(0, -BULLMQ.length)}" }\`; or, where this is a queue too, set \`${envPrefix}${BULLMQ}\` to \`{}\`.`,
    },
  ];
}

function unusable(role: string, problems: readonly Problem[]): Error {
  return new Error(describeAll(`The environment has no usable ${role}`, problems));
}

function readServer(prefix: string, env: Environment, problems: Problem[]): Server | undefined {
  const url = env[`${prefix}_URL`];
  const caCertificate = env[`${prefix}_CA_CERT`];
  const server = url ? parseUrl(url) : undefined;
  if (server === undefined) {
    problems.push({
      key: `${prefix}_URL`,
      was: url ? "no URL of a Redis server" : "missing",
      allowed: "`redis://user:password@host:port`, or `rediss://` for TLS, user and password percent-encoded",
      fix: FROM_THE_STACK,
    });
  }
  if (caCertificate && !caCertificate.includes("-----BEGIN CERTIFICATE-----")) {
    problems.push({
      key: `${prefix}_CA_CERT`,
      was: "no PEM",
      allowed: "the PEM of a certificate authority with its line breaks, or nothing",
      fix: FROM_THE_STACK,
    });
  }
  return server && { ...server, ...(caCertificate && { caCertificate }) };
}

function parseUrl(text: string): Server | undefined {
  try {
    const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(text);
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    const database = /^\/?(\d*)$/.exec(pathname)?.[1];
    const known = protocol === "redis:" || protocol === "rediss:";
    if (!known || hostname === "" || port === "0" || database === undefined || search || hash)
      return undefined;
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? DEFAULT_PORT : Number(port),
      ...(user !== "" && { username: user }),
      ...(secret !== "" && { password: secret }),
      ...(database !== "" && { db: Number(database) }),
      tls: protocol === "rediss:",
    };
  } catch {
    // The parser's own message quotes the URL.
    return undefined;
  }
}

/** A part that the JSON names replaces the default as a whole, so that what is left out of it is BullMQ's own. */
function readBullmq(name: string, env: Environment, problems: Problem[]): BullmqDefaults {
  const defaults = bullmqDefaults();
  const text = env[name];
  if (!text) return defaults;
  const given = parseJson(text);
  const wrong = wrongParts("", given, SHAPE);
  if (wrong.length === 0) return { ...defaults, ...(given as Partial<BullmqDefaults>) };
  problems.push({
    key: name,
    was: wrong.join(", "),
    allowed: 'JSON such as `{"defaultJobOptions":{"attempts":3}}`, or nothing for the defaults',
    fix: FROM_THE_STACK,
  });
  return defaults;
}

/**
 * What the JSON may hold: types by name, `null` allowed where it is named, or the shape of an object, or both. Other keys
 * are the application's business.
 */
interface Shape {
  readonly [key: string]: readonly (string | Shape)[] | Shape;
}

/** As BullMQ takes it: `true`, `false`, a count, or limits. */
const REMOVE = ["boolean", "number", { age: ["number"], count: ["number"] }] as const;
const CONNECTION: Shape = {
  enableOfflineQueue: ["boolean"],
  maxRetriesPerRequest: ["number", "null"],
  commandTimeout: ["number"],
  enableReadyCheck: ["boolean"],
};
const SHAPE: Shape = {
  producer: CONNECTION,
  worker: CONNECTION,
  defaultJobOptions: {
    attempts: ["number"],
    backoff: { type: ["string"], delay: ["number"] },
    removeOnComplete: REMOVE,
    removeOnFail: REMOVE,
  },
  workerOptions: {
    lockDuration: ["number"],
    lockRenewTime: ["number"],
    stalledInterval: ["number"],
    maxStalledCount: ["number"],
  },
};

/** What is wrong with a value, by the names of its parts and never by what stands there. */
function wrongParts(name: string, value: unknown, shape: Shape): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [name === "" ? "no JSON object" : `\`${name}\` is no object`];
  }
  const parts: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(shape).flatMap(([key, allowed]) => {
    const part = parts[key];
    const inner = name === "" ? key : `${name}.${key}`;
    if (part === undefined) return [];
    if (!isList(allowed)) return wrongParts(inner, part, allowed);
    const type = part === null ? "null" : Array.isArray(part) ? "list" : typeof part;
    if (allowed.includes(type)) return [];
    const object = allowed.find((one) => typeof one !== "string");
    if (type === "object" && object) return wrongParts(inner, part, object);
    const names = allowed.map((one) => (typeof one === "string" ? one : "object"));
    return [`\`${inner}\` is no ${names.join(" or ")}`];
  });
}

function isList(allowed: Shape[string]): allowed is readonly (string | Shape)[] {
  return Array.isArray(allowed);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Redis } from "ioredis";
import type { Info } from "redis-topology/redis";
import { parseInfo } from "redis-topology/redis";
import { until } from "../deadline";
import { messageOf } from "../errors";
import { isReply } from "../redisClient";

/** What a server says of itself. Where it refuses, why stands in its place. */
export interface Facts {
  /** Fields of INFO. */
  readonly info: Info;
  /** Settings of CONFIG GET. */
  readonly config: Readonly<Record<string, string>>;
  /** The server's answer when it refused INFO. */
  readonly infoRefusal?: string;
  /** The server's answer when it refused CONFIG, as managed services do. */
  readonly configRefusal?: string;
}

const SETTINGS = ["maxmemory", "maxmemory-policy", "appendonly", "save"] as const;

/** Settings that INFO shows too, as its field and how that says it. */
const IN_INFO: Readonly<Partial<Record<Setting, readonly [field: string, read: (value: string) => string]>>> =
  {
    maxmemory: ["maxmemory", (value) => value],
    "maxmemory-policy": ["maxmemory_policy", (value) => value],
    appendonly: ["aof_enabled", (value) => (value === "1" ? "yes" : "no")],
  };

export type Setting = (typeof SETTINGS)[number];

/** Reads INFO and the settings that the checks need. Throws only when the server does not answer. */
export async function readFacts(client: Redis, signal: AbortSignal): Promise<Facts> {
  let facts: Facts = { info: {}, config: {} };
  try {
    facts = { ...facts, info: parseInfo(await until(signal, client.info())) };
  } catch (error) {
    facts = { ...facts, infoRefusal: refusal(error) };
  }
  try {
    return { ...facts, config: await readConfig(client, signal) };
  } catch (error) {
    return { ...facts, configRefusal: refusal(error) };
  }
}

/** Whether a server is part of a cluster; one that refuses to tell is taken for one that is not. */
export async function inCluster(client: Redis, signal: AbortSignal): Promise<boolean> {
  const info = await until(signal, client.info("cluster")).catch(refusal);
  return parseInfo(info).cluster_enabled === "1";
}

/** A setting, from CONFIG or else from INFO; or the reason why it cannot be seen. */
export function setting(facts: Facts, name: Setting): { value: string } | { unseen: string } {
  const value = facts.config[name];
  if (value !== undefined) return { value };
  const config = `CONFIG GET ${name}: ${facts.configRefusal ?? "no such setting"}`;
  const inInfo = IN_INFO[name];
  if (!inInfo) return { unseen: `${config}; INFO does not show it` };
  const [field, read] = inInfo;
  const shown = facts.info[field];
  if (shown !== undefined) return { value: read(shown) };
  return { unseen: `${config}; ${infoGap(facts, field)}` };
}

/** A field of INFO; or the reason why it cannot be seen. */
export function infoField(facts: Facts, field: string): { value: string } | { unseen: string } {
  const value = facts.info[field];
  return value === undefined ? { unseen: infoGap(facts, field) } : { value };
}

function infoGap(facts: Facts, field: string): string {
  return `INFO ${field}: ${facts.infoRefusal ?? "no such field"}`;
}

/** One setting a command: Redis 6.2 takes no more. */
async function readConfig(client: Redis, signal: AbortSignal): Promise<Record<string, string>> {
  const config: Record<string, string> = {};
  for (const name of SETTINGS) {
    const [, value] = (await until(signal, client.config("GET", name))) as string[];
    if (value !== undefined) config[name] = value;
  }
  return config;
}

function refusal(error: unknown): string {
  if (!isReply(error)) throw error;
  return messageOf(error);
}

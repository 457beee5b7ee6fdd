import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Directive } from "../../../redis/roles";
import { info } from "./client";

const POLL_MS = 50;

/** A directive that the running server no longer has as it was started with. */
export interface Drift {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}

/** Directives by name, with the value that CONFIG SET takes: lines of the same name, such as `save`, are one to it. */
export function byName(directives: readonly Directive[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, ...args] of directives) {
    const before = values.get(name);
    values.set(name, [...(before === undefined ? [] : [before]), ...args].join(" "));
  }
  return values;
}

/**
 * What the running server says of these directives. Kept in the state after every start and change, so that later
 * answers are compared with the server's own words: it has its own way to write `100mb` or `KEA`.
 */
export async function readSettings(
  client: Redis,
  directives: readonly Directive[],
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of byName(directives).keys()) {
    const [, value] = (await client.config("GET", name)) as string[];
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** Every directive that somebody has changed on the running server. */
export function drift(
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): Drift[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const now = found[name];
    return now === undefined || now === value ? [] : [{ name, expected: value, found: now }];
  });
}

/** In plain words, for the preview. */
export function describeDrift(role: string, { name, expected, found }: Drift): string {
  const shown = (value: string) => (value === "" ? '""' : value);
  return `${role}: \`${name}\` is ${shown(found)} on the running server instead of ${shown(expected)}; an update sets it right`;
}

/** Has a server that persists write an AOF again, and waits until it is whole: before that, a stop would leave an old one. */
export async function ensureAof(role: string, client: Redis): Promise<void> {
  const [, appendonly] = (await client.config("GET", "appendonly")) as string[];
  if (appendonly !== "yes") await client.config("SET", "appendonly", "yes");
  for (;;) {
    const state = await info(client, "persistence");
    const busy = ["aof_rewrite_in_progress", "aof_rewrite_scheduled"].some((key) => state[key] !== "0");
    if (appendonly === "yes" && !busy) return;
    if (!busy && state.aof_last_bgrewrite_status === "ok") return;
    if (!busy)
      throw new Error(`${role}: the AOF cannot be begun; look into the server's log. It goes on as it was.`);
    await sleep(POLL_MS);
  }
}

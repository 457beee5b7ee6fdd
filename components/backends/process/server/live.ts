import type { Redis } from "ioredis";
import type { Directive } from "../../../redis/roles";
import type { RedisServerInputs, RedisServerState } from "../redisServer";
import { withClient } from "./client";
import { writeFiles } from "./configuration";
import { byName, drift, readSettings } from "./drift";

/**
 * Brings a running server to `news` without a restart, and back to what somebody changed by hand. Returns false,
 * with nothing lost, when Redis says that something can only be set at start. Redis itself is asked instead of a
 * list kept here: what is live differs from version to version.
 */
export async function applyLive(
  olds: RedisServerState,
  news: RedisServerInputs,
  passwords: readonly string[],
): Promise<boolean> {
  const changed = changedDirectives(olds.directives, news.directives);
  if (changed === undefined || needsRestart(olds, news)) return false;
  await writeFiles(news, passwords);
  return await withClient(olds, async (client) => {
    const wanted = byName(news.directives);
    for (const { name } of drift(settingsOf(olds), await readSettings(client, news.directives))) {
      changed.set(name, wanted.get(name) ?? "");
    }
    for (const [name, value] of changed) {
      if (!(await set(client, name, value))) return false;
    }
    await client.call("ACL", "LOAD");
    return true;
  });
}

/** What the server said of its directives when it was last brought to them; a state of before has the directives only. */
export function settingsOf(state: RedisServerState): Readonly<Record<string, string>> {
  return state.settings ?? Object.fromEntries(byName(state.directives));
}

/** Where the server listens, which program runs it, who watches it and where its files lie are given at start. */
const START_KEYS = ["host", "port", "directory", "engine", "version", "supervise"] as const;

function needsRestart(olds: RedisServerInputs, news: RedisServerInputs): boolean {
  return START_KEYS.some((key) => olds[key] !== news[key]);
}

/** New and changed directives; undefined when one was removed, whose default only a start restores. */
function changedDirectives(
  olds: readonly Directive[],
  news: readonly Directive[],
): Map<string, string> | undefined {
  const [before, after] = [byName(olds), byName(news)];
  if ([...before.keys()].some((name) => !after.has(name))) return undefined;
  return new Map([...after].filter(([name, value]) => before.get(name) !== value));
}

async function set(client: Redis, name: string, value: string): Promise<boolean> {
  return await client.config("SET", name, value).then(
    () => true,
    () => false,
  );
}

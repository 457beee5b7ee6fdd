import { readFile } from "node:fs/promises";
import type { RedisServerState } from "../redisServer";
import { serverPaths, writePrivate } from "./files";

/** Notes whose server runs in this folder. */
export async function writeInstance(folder: string, instance: string): Promise<void> {
  await writePrivate(serverPaths(folder).instance, `${instance}\n`);
}

/**
 * Whether another resource has taken this one's server over: Pulumi creates a replacement, in the same folder,
 * before it deletes what it replaces.
 */
export async function isReplaced({ directory, instance }: RedisServerState): Promise<boolean> {
  const current = await readFile(serverPaths(directory).instance, "utf8").catch(() => undefined);
  return current !== undefined && current.trim() !== instance;
}

import * as path from "node:path";
import { afterEach } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerInputs, RedisServerState } from "../../components/backends/process/redisServer";
import { type Role, roleDirectives } from "../../components/redis/roles";
import { freePort, temporaryFolder } from "./servers";

const MIB = 1024 * 1024;

/** Servers as the provider makes them, in a temporary folder; each test's are deleted after it. */
export function processServers() {
  const folder = temporaryFolder();
  const running = new Map<string, RedisServerState>();
  let folders = 0;

  afterEach(async () => {
    for (const state of running.values()) await provider.delete("", state);
    running.clear();
  });

  return {
    folder,
    async inputs(role: Role, changes: Partial<RedisServerInputs> = {}): Promise<RedisServerInputs> {
      folders += 1;
      return {
        role,
        owner: "project/stack/redis",
        directory: path.join(folder, `server ${folders}`),
        host: "127.0.0.1",
        port: await freePort(),
        directives: roleDirectives(role, 64 * MIB, role === "queue" ? "noeviction" : "allkeys-lru"),
        persists: role === "queue",
        deleteData: false,
        ...changes,
      };
    },
    async create(given: RedisServerInputs): Promise<RedisServerState> {
      const { outs } = await provider.create(given);
      running.set(given.directory, outs);
      return outs;
    },
    /** As `destroy` does; the server is not deleted again after the test. */
    async remove(state: RedisServerState): Promise<void> {
      await provider.delete("", state);
      running.delete(state.directory);
    },
  };
}

import * as path from "node:path";
import { afterEach, expect } from "vitest";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerInputs, RedisServerState } from "../../components/backends/process/redisServer";
import { isAlive } from "../../components/backends/process/server/processes";
import type { Role } from "../../components/redis/roles";
import { roleDirectives } from "../../components/redis/roles";
import { freePort, withRedis } from "./servers";

const MIB = 1024 * 1024;

/** Servers of a test file, each in a folder of its own, through the provider; stopped after each test. */
export class Servers {
  private readonly running = new Map<string, RedisServerState>();
  private folders = 0;

  constructor(readonly folder: string) {
    afterEach(async () => {
      for (const state of this.running.values()) await provider.delete("", state);
      this.running.clear();
    });
  }

  async inputs(role: Role, changes: Partial<RedisServerInputs> = {}): Promise<RedisServerInputs> {
    this.folders += 1;
    return {
      role,
      owner: "project/stack/redis",
      directory: path.join(this.folder, `server ${this.folders}`),
      host: "127.0.0.1",
      port: await freePort(),
      directives: roleDirectives(role, 64 * MIB, role === "queue" ? "noeviction" : "allkeys-lru"),
      persists: role === "queue",
      deleteData: false,
      section: "process",
      ...changes,
    };
  }

  async create(given: RedisServerInputs): Promise<RedisServerState> {
    const { outs } = await provider.create(given);
    this.running.set(given.directory, outs);
    return outs;
  }

  async update(olds: RedisServerState, news: RedisServerInputs): Promise<RedisServerState> {
    const { outs } = await provider.update("", olds, news);
    this.running.delete(olds.directory);
    this.running.set(news.directory, outs as RedisServerState);
    return outs as RedisServerState;
  }

  /** A queue with one job. */
  async queue(changes: Partial<RedisServerInputs> = {}): Promise<RedisServerState> {
    const state = await this.create(await this.inputs("queue", changes));
    await withRedis(state, (redis) => redis.set("job", "1"));
    return state;
  }

  async remove(state: RedisServerState): Promise<void> {
    await provider.delete("", state);
    this.running.delete(state.directory);
  }
}

/** The changes to a server's inputs, as the program would send them: without what the provider made. */
export function changed(state: RedisServerState, changes: Partial<RedisServerInputs>): RedisServerInputs {
  const { server: _, password: __, ownPassword: ___, instance: ____, settings: _____, ...rest } = state;
  return { ...rest, ...changes };
}

export const pidOf = (state: RedisServerState) =>
  withRedis(state, async (redis) => Number(/process_id:(\d+)/.exec(await redis.info("server"))?.[1]));

export const job = (state: RedisServerState) => withRedis(state, (redis) => redis.get("job"));

export async function kill9(state: RedisServerState): Promise<void> {
  const pid = await pidOf(state);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
}

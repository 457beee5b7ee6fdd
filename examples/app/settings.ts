import type { CacheOptions, QueueOptions } from "redis-topology/client";
import { cacheOptions, queueOptions } from "redis-topology/client";

export interface AppSettings {
  readonly cache: CacheOptions;
  /** Absent = every job is done at once, by who asks for it. */
  readonly queue?: QueueOptions;
}

/** The application's settings from the stack's `env`, and `ENABLE_QUEUES=false` to do without a queue. */
export function readSettings(env: NodeJS.ProcessEnv): AppSettings {
  const queued = env.ENABLE_QUEUES !== "false";
  return { cache: cacheOptions(env), ...(queued && { queue: queueOptions(env) }) };
}

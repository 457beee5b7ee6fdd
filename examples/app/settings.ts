import type { CacheOptions, QueueOptions, QueueWorkerOptions } from "redis-topology/client";
import { cacheOptions, queueOptions, workerOptions } from "redis-topology/client";

export interface AppSettings {
  /** Absent = everything is loaded anew. */
  readonly cache?: CacheOptions;
  /** Absent = every job is done at once, by who asks for it. */
  readonly queue?: QueueOptions;
  /** Absent = there is nothing to work off. */
  readonly worker?: QueueWorkerOptions;
}

/**
 * The application's settings from the stack's `env`. It does without a cache where the stack has none, and without a
 * queue with `ENABLE_QUEUES=false`. `QUEUE_ENV_PREFIX` is the stack's `queue.envPrefix`, where it has one.
 */
export function readSettings(env: NodeJS.ProcessEnv): AppSettings {
  const { QUEUE_ENV_PREFIX: envPrefix = "REDIS_QUEUE" } = env;
  const cached = envPrefix !== "REDIS" && env.REDIS_URL !== undefined;
  const queued = env.ENABLE_QUEUES !== "false";
  return {
    ...(cached && { cache: cacheOptions(env) }),
    ...(queued && { queue: queueOptions(env, { envPrefix }), worker: workerOptions(env, { envPrefix }) }),
  };
}

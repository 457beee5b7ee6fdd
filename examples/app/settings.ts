import type { JobsOptions, RedisOptions, WorkerOptions } from "bullmq";

/** The stack's output `bullmq`, as JSON. */
export interface BullmqSettings {
  /** For code that adds jobs: fails at once when Redis is away. */
  readonly producer: RedisOptions;
  /** For workers: waits for Redis. */
  readonly worker: RedisOptions;
  readonly prefix?: string;
  readonly defaultJobOptions: JobsOptions;
  readonly workerOptions: Partial<WorkerOptions>;
}

export interface AppSettings {
  readonly cacheUrl: string;
  readonly bullmq: BullmqSettings;
  /** False = every job is done at once, by who asks for it. */
  readonly queues: boolean;
}

/**
 * The application's settings from its environment: `REDIS_URL` as the stack's output `env` has it, `BULLMQ` with
 * the stack's output `bullmq` as JSON, and `ENABLE_QUEUES=false` to do without a queue.
 */
export function readSettings(env: NodeJS.ProcessEnv): AppSettings {
  const { REDIS_URL, BULLMQ, ENABLE_QUEUES } = env;
  if (!REDIS_URL || !BULLMQ) throw new Error("REDIS_URL and BULLMQ are needed; see examples/app/README.md.");
  return { cacheUrl: REDIS_URL, bullmq: JSON.parse(BULLMQ), queues: ENABLE_QUEUES !== "false" };
}

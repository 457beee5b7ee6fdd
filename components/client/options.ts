import type { JobOptions, WorkerOptions } from "../redis/bullmq";
import { ioredisTls } from "../redis/connection";
import type { Environment, EnvironmentNames, Server } from "./environment";
import { readCache, readQueue } from "./environment";

/** ioredis' options for one server: `new Redis(…)`, or the `connection` of a BullMQ class. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  /** Present where the server speaks TLS; with a private certificate authority, its PEM. */
  readonly tls?: { readonly ca?: string };
  readonly enableOfflineQueue?: boolean;
  readonly maxRetriesPerRequest?: number | null;
  /** Milliseconds. */
  readonly commandTimeout?: number;
  readonly enableReadyCheck?: boolean;
}

/** ioredis' options for a cache that an application can live without. */
export type CacheOptions = ConnectionOptions;

/** `new Queue(name, queueOptions())` */
export interface QueueOptions {
  readonly connection: ConnectionOptions;
  readonly prefix?: string;
  readonly defaultJobOptions: JobOptions;
  /**
   * BullMQ's INFO after its first connection. When that fails, the queue is dead for good; and the stack knows its
   * server's version.
   */
  readonly skipVersionCheck: true;
}

/** `new Worker(name, processor, workerOptions())` */
export interface QueueWorkerOptions extends Partial<WorkerOptions> {
  readonly connection: ConnectionOptions;
  readonly prefix?: string;
}

/** Longer than an answer of a healthy cache takes, shorter than loading anew what it holds. */
const CACHE_TIMEOUT_MS = 500;

/**
 * Options of a BullMQ Queue (or FlowProducer), from `REDIS_QUEUE_URL`, and where they are given `REDIS_QUEUE_PREFIX`,
 * `REDIS_QUEUE_CA_CERT` and `REDIS_QUEUE_BULLMQ`: the stack's output `bullmq`. Throws one error that names every
 * variable which is missing or malformed, and no value. With `failFast`, `add` never waits for Redis. Where the stack has
 * `queue.envPrefix: REDIS`, `queueOptions(process.env, { envPrefix: "REDIS" })` reads `REDIS_URL` and the others.
 */
export function queueOptions(env: Environment = process.env, names: EnvironmentNames = {}): QueueOptions {
  const { server, prefix, bullmq } = readQueue(env, names);
  return {
    connection: { ...connection(server), ...bullmq.producer },
    ...(prefix !== undefined && { prefix }),
    defaultJobOptions: bullmq.defaultJobOptions,
    skipVersionCheck: true,
  };
}

/** Options of a BullMQ Worker (or QueueEvents), from the variables of `queueOptions`. It waits for Redis, for ever. */
export function workerOptions(
  env: Environment = process.env,
  names: EnvironmentNames = {},
): QueueWorkerOptions {
  const { server, prefix, bullmq } = readQueue(env, names);
  return {
    connection: { ...connection(server), ...bullmq.worker },
    ...(prefix !== undefined && { prefix }),
    ...bullmq.workerOptions,
  };
}

/**
 * Options of ioredis for the cache, from `REDIS_URL` and `REDIS_CA_CERT`: `new Redis(cacheOptions())`. A command fails at
 * once while Redis is away, and after 500 ms when it hangs; then do without. Spread them to change one. Refuses variables
 * that are a queue's.
 */
export function cacheOptions(env: Environment = process.env, names: EnvironmentNames = {}): CacheOptions {
  return {
    ...connection(readCache(env, names)),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: CACHE_TIMEOUT_MS,
  };
}

function connection({ tls, caCertificate, ...server }: Server): ConnectionOptions {
  const secured = ioredisTls({ tls, ...(caCertificate !== undefined && { caCertificate }) });
  return { ...server, ...(secured && { tls: secured }) };
}

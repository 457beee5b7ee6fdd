/**
 * What an application needs of the topology: its options from its environment. Loads neither Pulumi nor a Redis client;
 * BullMQ 5 or 6 and ioredis 5 or 6 are the application's own.
 */
export type { Environment } from "./environment";
export { type FailFastOptions, failFast, type Producer } from "./failFast";
export {
  type CacheOptions,
  type ConnectionOptions,
  cacheOptions,
  type QueueOptions,
  type QueueWorkerOptions,
  queueOptions,
  workerOptions,
} from "./options";
export { type Closeable, shutdownOnSignal } from "./shutdown";
export { type TestTopology, type TestTopologyOptions, testTopology } from "./testTopology";

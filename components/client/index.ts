/**
 * What an application needs of the topology: its options from its environment. Loads neither Pulumi nor a Redis client;
 * BullMQ 5 or 6 and ioredis 5 or 6 are the application's own.
 */
export type { Environment, EnvironmentNames } from "./environment";
export type { FailFastOptions, Producer } from "./failFast";
export { failFast } from "./failFast";
export type { CacheOptions, ConnectionOptions, QueueOptions, QueueWorkerOptions } from "./options";
export { cacheOptions, queueOptions, workerOptions } from "./options";
export type { Closeable } from "./shutdown";
export { shutdownOnSignal } from "./shutdown";
export type { TestTopology, TestTopologyOptions } from "./testTopology";
export { testTopology } from "./testTopology";

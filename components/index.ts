/**
 * What a program needs beside a backend's component: the contract, its args, and the enums. The components
 * themselves are imported from `redis-topology/<backend>`, so that no other backend's provider is loaded.
 */

export type {
  Bullmq,
  BullmqConnection,
  CacheArgs,
  Endpoint,
  PersistenceArgs,
  QueueArgs,
  RoleArgs,
  TlsOptions,
  Topology,
  TopologyArgs,
} from "./contract";
export type { TopologyOptions } from "./options";
export type { BullmqArgs, JobOptions, WorkerOptions } from "./redis/bullmq";
export { BackoffType } from "./redis/bullmq";
export type { Guarantees, Outcome, RoleGuarantees } from "./redis/guarantees";
export { Engine, EvictionPolicy, Role } from "./redis/roles";
export type { RoleWays, Ways } from "./redis/ways";

import type * as pulumi from "@pulumi/pulumi";
import type { BullmqArgs, JobOptions, WorkerOptions } from "./redis/bullmq";
import type { Guarantees } from "./redis/guarantees";
import type { Engine, EvictionPolicy } from "./redis/roles";
import type { Thresholds } from "./redis/thresholds";
import type { Ways } from "./redis/ways";

/** What both roles take, on every backend. */
export interface RoleArgs {
  /**
   * Data budget: Redis' `maxmemory`. A size with a unit: `256mb`, `4gb`, `512Mi`, `4.5Gi`; at least 16Mi.
   * Default: derived from `memoryLimit` where that is given, else `256mb`.
   * Changing it is done in place where the engine allows, never by replacing data.
   */
  maxMemory?: string;
  /**
   * Memory that the container may use, same units as `maxMemory`. Default and least value: derived from
   * `maxMemory` (cache 1.1 × + 32Mi; queue, which forks to persist, 2 × + 128Mi). Refused below that, and on
   * backends whose servers have no limit of their own. Changing it may restart the server; a queue is saved first.
   */
  memoryLimit?: string;
  /** TCP port, 1 to 65535. The default is the backend's. Changing it restarts the server and keeps the data. */
  port?: number;
  /** Server software: `redis` or `valkey`. The default is the backend's, mostly `redis`. Valkey cannot read the files of Redis 7.4 and later. */
  engine?: Engine;
  /** Version of the engine, such as `7.4`; the default is the backend's. Changing it restarts the server and keeps the data. */
  version?: string;
  /**
   * Password of the user `default`; any text but the empty one. Default: 40 letters and digits, made once.
   * Changing it is done in place where the engine allows; clients need the new one.
   */
  password?: pulumi.Input<string>;
  /** A second password that stays valid, for the time in which clients move to a new `password`. Default: none. */
  previousPassword?: pulumi.Input<string>;
  /**
   * Extra redis.conf directives: the name, and the rest of the line as redis.conf has it, quotes included
   * (`{ "client-output-buffer-limit": "pubsub 32mb 8mb 60" }`). A directive that contradicts the role or opens
   * a hole is refused by name. Most changes are live; the rest restart the server and keep a queue's data.
   */
  config?: Record<string, string>;
  /**
   * What the names of the role's variables begin with, wherever an application gets them: `REDIS` makes `REDIS_HOST`,
   * `REDIS_URL` and the others. At most 100 letters, digits and `_`, no digit first; the two roles need different ones.
   * Default `REDIS` for a cache, `REDIS_QUEUE` for a queue. Changes only outputs and environments: applications that read
   * the old names find nothing once they start anew.
   */
  envPrefix?: string;
}

/** A bounded cache: evicts when it is full, persists nothing. */
export interface CacheArgs extends RoleArgs {
  /** What is evicted at `maxMemory`: `allkeys-lru`, `allkeys-lfu` or `allkeys-random`. Default `allkeys-lru`. Changed live. */
  evictionPolicy?: EvictionPolicy;
}

/** A BullMQ queue: never evicts (`noeviction`), persists (AOF every second, RDB snapshots). */
export interface QueueArgs extends RoleArgs {
  /** Where the data lies, on backends that provide storage. */
  persistence?: PersistenceArgs;
  /** Accepts in writing that this backend or setting loses jobs (see the guarantees). Default false. */
  acceptDataLoss?: boolean;
  /** Overrides of the options handed to BullMQ. Changes only outputs. */
  bullmq?: BullmqArgs;
}

/** Storage of a queue. */
export interface PersistenceArgs {
  /** Size of the volume, such as `10Gi`. Grown in place; smaller is refused. */
  size?: string;
  /** Storage class by name. Default: the backend's own choice. Cannot be changed for an existing volume. */
  storageClass?: string;
}

/** What every backend's component takes. At least one role. */
export interface TopologyArgs {
  /** The cache: bounded, evicts, persists nothing. Absent = none. */
  cache?: CacheArgs;
  /** The queue: never evicts, persists. Absent = none. */
  queue?: QueueArgs;
  /** Whether what holds queue data is protected from deletion by Pulumi. Default true; development stacks say false. */
  protect?: boolean;
  /**
   * From when on `redis-topology status` and the backend's own alerts speak up: `memoryPercent` (80), `connections`
   * (100), `evictions` of a queue (0), `secondsSinceSave` (7200), `volumePercent` (80). What the backend's own settings
   * name counts before it. In place.
   */
  alerts?: Thresholds;
}

/** One server, as clients reach it. The same fields on every backend. */
export interface Endpoint {
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  /** ACL user, `default` unless the service has another. */
  username: pulumi.Output<string>;
  /** Secret. */
  password: pulumi.Output<string>;
  tls: pulumi.Output<boolean>;
  /** `redis://` or `rediss://` with everything in it, percent-encoded. Secret. */
  url: pulumi.Output<string>;
  /**
   * BullMQ key prefix, where the stack sets one, or with a hash tag where the server runs in cluster mode; undefined
   * in it = none needed.
   */
  prefix?: pulumi.Output<string | undefined>;
  /** PEM of a private certificate authority, only where clients need it. */
  caCertificate?: pulumi.Output<string>;
  /**
   * Only where `host` means something inside certain containers alone: which ones. Anywhere else it is another machine,
   * and no command of this package connects to it.
   */
  inside?: pulumi.Output<string>;
  /** Prefix of the role's variables in `env`, where the stack sets one. */
  envPrefix?: string;
}

/** Node's TLS options, as ioredis takes them; empty for a certificate that is publicly trusted. */
export interface TlsOptions {
  /** PEM of a private certificate authority. */
  ca?: string;
}

/** ioredis connection options, as BullMQ takes them. */
export interface BullmqConnection {
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  username: pulumi.Output<string>;
  /** Secret. */
  password: pulumi.Output<string>;
  /** Present where the endpoint speaks TLS. */
  tls?: pulumi.Output<TlsOptions | undefined>;
  enableOfflineQueue: boolean;
  /** `null` for workers, who wait for Redis for ever. */
  maxRetriesPerRequest: number | null;
  /** Milliseconds that a producer waits for an answer; absent for workers. */
  commandTimeout?: number;
  /** Whether the connection waits until Redis has loaded its data; absent = ioredis' own, true. */
  enableReadyCheck?: boolean;
}

/** BullMQ's options as data: `new Queue(name, { connection: producer, prefix, defaultJobOptions })`, `new Worker(name, fn, { connection: worker, prefix, ...workerOptions })`. */
export interface Bullmq {
  /**
   * Connection of code that adds jobs. Fails at once when the connection is lost, and after `commandTimeout` when Redis
   * hangs. Before its first connection BullMQ waits for Redis, for ever; `failFast` of `redis-topology/client` does not.
   */
  producer: BullmqConnection;
  /** Connection of workers: waits for Redis. */
  worker: BullmqConnection;
  /** Only where one is set or needed; undefined in it = BullMQ's own. */
  prefix?: pulumi.Output<string | undefined>;
  defaultJobOptions: JobOptions;
  workerOptions: WorkerOptions;
}

/** A network of the servers' own, for applications that run beside them. */
export interface PrivateNetwork {
  name: pulumi.Output<string>;
  /** `env`, with host names and ports as they are inside the network. Secret. */
  env: pulumi.Output<Record<string, string>>;
}

/** What every backend's component gives: the contract. */
export interface Topology {
  /** The backend's name. */
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  /**
   * Environment of an application: `REDIS_HOST/PORT/PASSWORD/URL/TLS` for the cache, `REDIS_QUEUE_*` for the queue, and
   * `REDIS_QUEUE_BULLMQ` with BullMQ's options as JSON; `_PREFIX` and `_CA_CERT` where there is one. A role's `envPrefix`
   * renames its variables. Secret. `redis-topology/client` reads it.
   */
  readonly env: pulumi.Output<Record<string, string>>;
  /** Present when there is a queue. */
  readonly bullmq?: Bullmq;
  /** Present where applications can join a network of the servers. */
  readonly network?: PrivateNetwork;
  readonly guarantees: Guarantees;
  /** The thresholds that the stack names; absent = the defaults. */
  readonly alerts?: Thresholds;
  /** How an operator gets at each server: commands, without secrets. The CLI uses them. */
  readonly ways?: pulumi.Output<Ways>;
  /** What only this backend has to tell: texts by name, such as the ARN of a secret. Absent = nothing. */
  readonly details?: pulumi.Output<Record<string, string>>;
}

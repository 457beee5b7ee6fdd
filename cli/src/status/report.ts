import { ROLES } from "redis-topology/redis";
import { z } from "zod";

/*
 * What `status` says, for programs: docs/cli.md explains every field. Bytes, seconds and milliseconds are named as such;
 * a field that the server does not tell is absent.
 */

const count = z.number().int().nonnegative();
const role = z.enum(ROLES);

/** Something that wants a look. */
export const problemSchema = z.strictObject({
  role,
  /** The queue that it is about, with its prefix; absent = the server. */
  queue: z.string().optional(),
  /** Stable, for scripts. */
  kind: z.string(),
  /** `critical`: jobs or requests are being lost or refused. `note`: worth knowing, and no reason to wake anybody. */
  severity: z.enum(["critical", "warning", "note"]),
  text: z.string(),
  /** What to type to learn more or to mend it. */
  command: z.string(),
  /** Heading in docs/operations.md, as its anchor. */
  runbook: z.string(),
});

const memorySchema = z.strictObject({
  usedBytes: count,
  /** `maxmemory`; 0 = no limit. */
  limitBytes: count,
  /** Of the limit. */
  percent: z.number().optional(),
  growthBytesPerSecond: z.number(),
  /** At the present rate; absent when it does not grow. */
  fullInSeconds: count.optional(),
  /** Resident memory in relation to what is used. */
  fragmentation: z.number().optional(),
  policy: z.string().optional(),
});

const persistenceSchema = z.strictObject({
  aof: z
    .strictObject({ bytes: count, writes: z.string(), rewrites: z.string(), fsync: z.string().optional() })
    .optional(),
  rdb: z
    .strictObject({
      /** Unix time in seconds of the last good save, or of the server's start. */
      savedAt: count,
      unsavedChanges: count,
      lastSave: z.string(),
    })
    .optional(),
  /** To which moment the data comes back when the machine stops now. */
  recoverableTo: z.string(),
});

const replicationSchema = z.strictObject({
  role: z.enum(["primary", "replica"]),
  replicas: count,
  /** Of the slowest replica, or of this one. */
  lagSeconds: z.number().optional(),
  linkUp: z.boolean(),
});

const serverSchema = z.strictObject({
  version: z.string(),
  uptimeSeconds: count,
  loading: z.boolean(),
  memory: memorySchema,
  clients: z.strictObject({ connected: count, limit: count.optional(), blocked: count }),
  opsPerSecond: z.number(),
  /** Of the lookups between the two samples, else since the start; 0 to 1. */
  hitRate: z.number().optional(),
  /** Since the server started, and between the two samples. */
  evicted: z.strictObject({ total: count, now: count }),
  rejected: z.strictObject({ total: count, now: count }),
  refusedWrites: z.strictObject({ total: count, now: count }),
  persistence: persistenceSchema,
  replication: replicationSchema.optional(),
});

export const queueSchema = z.strictObject({
  prefix: z.string(),
  name: z.string(),
  waiting: count,
  active: count,
  delayed: count,
  failed: count,
  completed: count,
  waitingChildren: count,
  paused: z.boolean(),
  oldestWaitingMs: count.optional(),
  /** From the last events; absent when the queue keeps none. */
  completedPerMinute: z.number().optional(),
  failedPerMinute: z.number().optional(),
  /** Connected ones; absent where the server does not tell. */
  workers: count.optional(),
});

const roleSchema = z.strictObject({
  role,
  /** Where the server is in the outputs; a tunnel does not change it. */
  address: z.string(),
  /** Absent when it does not answer; a problem says why. */
  server: serverSchema.optional(),
  queues: z.array(queueSchema),
  /** False when the look for queues ended before it had seen every key. */
  allQueues: z.boolean(),
});

export const statusSchema = z.strictObject({
  ok: z.boolean(),
  backend: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** Seconds between the two samples that rates are made of. */
  sampleSeconds: z.number(),
  problems: z.array(problemSchema),
  roles: z.array(roleSchema),
});

export type Problem = z.infer<typeof problemSchema>;
export type MemoryStatus = z.infer<typeof memorySchema>;
export type PersistenceStatus = z.infer<typeof persistenceSchema>;
export type ReplicationStatus = z.infer<typeof replicationSchema>;
export type ServerStatus = z.infer<typeof serverSchema>;
export type QueueStatus = z.infer<typeof queueSchema>;
export type RoleStatus = z.infer<typeof roleSchema>;
export type StatusReport = z.infer<typeof statusSchema>;

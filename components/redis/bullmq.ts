import type { Connection } from "./connection";
import type { Problem } from "./problems";
import { shapeOf, shown, shownNumber } from "./problems";

/** Overrides of the BullMQ options that a queue hands to its applications. All optional. */
export interface BullmqArgs {
  /** Attempts per job, at least 1. Default 3. */
  attempts?: number;
  /** How the wait between attempts grows: `exponential` or `fixed`. Default `exponential`. */
  backoffType?: BackoffType;
  /** Wait before the first retry, in milliseconds. Default 2000. */
  backoffDelay?: number;
  /** Completed jobs kept at most; 0 = each is removed at once. Default 1000. */
  keepCompletedCount?: number;
  /** Seconds a completed job is kept at most. Default 86400 (24 h). */
  keepCompletedAge?: number;
  /** Whether completed jobs are kept for ever, instead of a count and an age. They take up `maxMemory`. Default false. */
  keepCompletedForever?: boolean;
  /** Failed jobs kept at most; 0 = each is removed at once. Default 5000. */
  keepFailedCount?: number;
  /** Seconds a failed job is kept at most. Default 604800 (7 days). */
  keepFailedAge?: number;
  /** Whether failed jobs are kept for ever, instead of a count and an age. They take up `maxMemory`. Default false. */
  keepFailedForever?: boolean;
  /** Milliseconds a worker owns a job before it must renew its lock, 1000 to 2^31-1. Default 30000, as BullMQ's own. */
  lockDuration?: number;
  /** Milliseconds between a worker's renewals of its lock, below `lockDuration`. Default half of it, as BullMQ's own. */
  lockRenewTime?: number;
  /** Milliseconds between looks for jobs whose worker died, at most 2^31-1. Default 30000, as BullMQ's own. */
  stalledInterval?: number;
  /** Times a job may lose its worker before it fails. Default 1, as BullMQ's own. */
  maxStalledCount?: number;
  /** Whether a producer queues commands in memory while Redis is away, instead of failing at once. Default false. */
  producerOfflineQueue?: boolean;
  /** Times a producer sends a command again after a lost connection before it fails. Default 1. */
  producerMaxRetries?: number;
  /**
   * Milliseconds a connected producer waits for an answer before it fails, 1 to 2^31-1. Default 5000; with
   * `producerOfflineQueue` none, since a command that waits for Redis would end too. The job may have been added all
   * the same: give it a `jobId` where adding it twice would hurt.
   */
  producerCommandTimeout?: number;
  /**
   * Whether connections, producers' and workers', wait until Redis has loaded its data, which they ask with INFO after
   * connecting: ioredis' `enableReadyCheck`. Default true, as ioredis' own. With false, commands fail (`LOADING`) while it
   * loads; needed where the user may not run INFO.
   */
  readyCheck?: boolean;
  /** Prefix of BullMQ's keys. Default BullMQ's own (`bull`), or one with a hash tag where the server needs it. */
  prefix?: string;
}

/** BullMQ's own prefix as a hash tag: in cluster mode all keys of a script must lie in one slot (BullMQ, "Redis cluster"). */
export const HASH_TAG_PREFIX = "{bull}";

/** Whether a prefix puts all keys into one slot. */
export function hasHashTag(prefix: string): boolean {
  return /\{[^{}]+\}/.test(prefix);
}

/** How the wait between a job's attempts grows. */
export const BackoffType = { Exponential: "exponential", Fixed: "fixed" } as const;
export type BackoffType = (typeof BackoffType)[keyof typeof BackoffType];

/** The options that do not depend on where the queue runs. */
export interface BullmqDefaults {
  readonly producer: {
    readonly enableOfflineQueue: boolean;
    readonly maxRetriesPerRequest: number;
    /** Milliseconds. Never a worker's: its blocking reads wait longer than any answer takes. */
    readonly commandTimeout?: number;
    /** Absent = ioredis' own, true. */
    readonly enableReadyCheck?: boolean;
  };
  /** `maxRetriesPerRequest: null` keeps a worker waiting for Redis instead of dying (BullMQ, "Going to production"). */
  readonly worker: {
    readonly enableOfflineQueue: true;
    readonly maxRetriesPerRequest: null;
    readonly enableReadyCheck?: boolean;
  };
  readonly defaultJobOptions: JobOptions;
  readonly workerOptions: WorkerOptions;
}

/** `defaultJobOptions` of a BullMQ Queue. Ages in seconds, the delay in milliseconds. */
export interface JobOptions {
  readonly attempts: number;
  readonly backoff: { readonly type: BackoffType; readonly delay: number };
  readonly removeOnComplete: KeptJobs;
  readonly removeOnFail: KeptJobs;
}

/** How many finished jobs BullMQ keeps: none with 0, all with -1 (its `KeepJobs`); and for how many seconds, absent = no limit. */
export interface KeptJobs {
  readonly count: number;
  readonly age?: number;
}

/** Options of a BullMQ Worker, in milliseconds. */
export interface WorkerOptions {
  readonly lockDuration: number;
  readonly lockRenewTime: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

const KEEP_ALL: KeptJobs = { count: -1 };

/** BullMQ's own (`src/classes/worker.ts`). */
const LOCK_DURATION_MS = 30_000;

/** What a Node timer holds; with more it fires at once, and a worker asks Redis hundreds of times a second (Node, "setTimeout"). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Least time of a lock. BullMQ renews at half of it, and only by timer: a pause of the worker (garbage collection, a
 * synchronous loop, a slow answer) of the other half loses the lock, and the job runs twice.
 */
const LEAST_LOCK_MS = 1000;

const TIMES = [
  "backoffDelay",
  "lockDuration",
  "lockRenewTime",
  "stalledInterval",
  "producerCommandTimeout",
] as const;

/** Longer than an answer takes while Redis forks or waits for its disk, short enough for somebody who waits. */
const COMMAND_TIMEOUT_MS = 5000;

/** Overrides that BullMQ or Node cannot take, or that contradict each other. */
export function bullmqProblems(args: BullmqArgs = {}): Problem[] {
  // A caller from JavaScript may give anything.
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    const allowed = "an object of BullMQ options, or nothing";
    return [{ key: "queue.bullmq", was: shapeOf(args), allowed, fix: "Correct the value." }];
  }
  return [...keepProblems(args), ...timerProblems(args), ...lockProblems(args), ...prefixProblems(args)];
}

const FINISHED = ["Completed", "Failed"] as const;

function keepProblems(args: BullmqArgs): Problem[] {
  return FINISHED.flatMap((state): Problem[] => {
    const limits = ([`keep${state}Count`, `keep${state}Age`] as const).filter(
      (key) => args[key] !== undefined,
    );
    if (!args[`keep${state}Forever`] || limits.length === 0) return [];
    return [
      {
        key: `queue.bullmq.keep${state}Forever`,
        was: `true beside ${limits.map((limit) => `\`queue.bullmq.${limit}\``).join(" and ")}`,
        allowed: "true alone, or limits",
        fix: "Remove one of the two.",
      },
    ];
  });
}

function timerProblems(args: BullmqArgs): Problem[] {
  return TIMES.flatMap((key): Problem[] => {
    const value = args[key];
    if (value === undefined || (typeof value === "number" && value <= LONGEST_TIMER_MS)) return [];
    return [
      {
        key: `queue.bullmq.${key}`,
        was: shownNumber(value),
        allowed: `at most ${LONGEST_TIMER_MS} ms (24.8 days): a longer timer of Node fires at once`,
        fix: "Lower it, and mind the unit: milliseconds.",
      },
    ];
  });
}

function lockProblems({ lockDuration = LOCK_DURATION_MS, lockRenewTime }: BullmqArgs): Problem[] {
  // What is no number is a problem of the timers already.
  if (typeof lockDuration !== "number") return [];
  if (lockDuration < LEAST_LOCK_MS) {
    return [
      {
        key: "queue.bullmq.lockDuration",
        was: shown(lockDuration),
        allowed: `at least ${LEAST_LOCK_MS} ms, or locks end before a worker can renew them and jobs run twice`,
        fix: `Raise it, or remove it for ${LOCK_DURATION_MS}; mind the unit: milliseconds.`,
      },
    ];
  }
  if (typeof lockRenewTime !== "number" || lockRenewTime < lockDuration) return [];
  return [
    {
      key: "queue.bullmq.lockRenewTime",
      was: shown(lockRenewTime),
      allowed: `less than \`queue.bullmq.lockDuration\` (${lockDuration}), or every lock ends before it is renewed and jobs run twice`,
      fix: "Lower it, or remove it for half of `queue.bullmq.lockDuration`.",
    },
  ];
}

function prefixProblems({ prefix }: BullmqArgs): Problem[] {
  if (prefix === undefined || (typeof prefix === "string" && !/\p{Cc}/u.test(prefix))) return [];
  return [
    {
      key: "queue.bullmq.prefix",
      was: shapeOf(prefix),
      allowed: "a text without NUL and other control characters, which an environment variable cannot hold",
      fix: "Use letters, digits and `-_:{}`.",
    },
  ];
}

/** BullMQ's options with the overrides applied. */
export function bullmqDefaults(args: BullmqArgs = {}): BullmqDefaults {
  const lockDuration = args.lockDuration ?? LOCK_DURATION_MS;
  const enableOfflineQueue = args.producerOfflineQueue ?? false;
  const commandTimeout = args.producerCommandTimeout ?? (enableOfflineQueue ? undefined : COMMAND_TIMEOUT_MS);
  const ready = args.readyCheck === undefined ? {} : { enableReadyCheck: args.readyCheck };
  return {
    producer: {
      enableOfflineQueue,
      maxRetriesPerRequest: args.producerMaxRetries ?? 1,
      ...(commandTimeout !== undefined && { commandTimeout }),
      ...ready,
    },
    worker: { enableOfflineQueue: true, maxRetriesPerRequest: null, ...ready },
    defaultJobOptions: {
      attempts: args.attempts ?? 3,
      backoff: { type: args.backoffType ?? BackoffType.Exponential, delay: args.backoffDelay ?? 2000 },
      removeOnComplete: args.keepCompletedForever
        ? KEEP_ALL
        : { age: args.keepCompletedAge ?? 24 * 3600, count: args.keepCompletedCount ?? 1000 },
      removeOnFail: args.keepFailedForever
        ? KEEP_ALL
        : { age: args.keepFailedAge ?? 7 * 24 * 3600, count: args.keepFailedCount ?? 5000 },
    },
    workerOptions: {
      lockDuration,
      lockRenewTime: args.lockRenewTime ?? lockDuration / 2,
      stalledInterval: args.stalledInterval ?? 30_000,
      maxStalledCount: args.maxStalledCount ?? 1,
    },
  };
}

/** The TLS option of ioredis: absent without TLS, `{}` for a public certificate, `{ ca }` for a private one. */
export function ioredisTls(
  connection: Pick<Connection, "tls" | "caCertificate">,
): { ca?: string } | undefined {
  if (!connection.tls) return undefined;
  return connection.caCertificate === undefined ? {} : { ca: connection.caCertificate };
}

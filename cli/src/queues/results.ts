import { z } from "zod";
import { STATES } from "./keys";

/** The JSON of `queues` and `queue NAME …`. docs/cli-queues.schema.json is made of these. Times: ms since 1970. */
const count = z.number().int().nonnegative();
const time = z.number();
const text = z.string();
const state = z.enum(STATES);
const counts = z.strictObject(Object.fromEntries(STATES.map((one) => [one, count])));

const queue = {
  prefix: text,
  name: text,
  library: z.enum(["bullmq", "bull"]),
  version: text.optional(),
  counts,
  paused: z.boolean(),
  workers: count.optional(),
  oldestWaitingMs: z.number().optional(),
};

const outcome = {
  queue: text,
  dryRun: z.boolean(),
  done: count,
  skipped: count,
  reasons: z.record(text, count),
};

export const RESULTS = {
  queues: z.strictObject({
    queues: z.array(z.strictObject(queue)),
    looked: count,
    keys: count,
    complete: z.boolean(),
  }),
  stats: z.strictObject({
    ...queue,
    schedulers: count,
    lastHour: z.strictObject({ completed: count, failed: count }),
  }),
  jobs: z.strictObject({
    jobs: z.array(
      z.strictObject({
        id: text,
        name: text,
        state,
        added: time,
        finished: time.optional(),
        attempts: count,
        error: text.optional(),
        data: text,
      }),
    ),
    looked: z.array(z.strictObject({ state, looked: count, of: count })),
  }),
  job: z.strictObject({
    id: text,
    name: text,
    state: text,
    stands: text,
    added: time,
    processed: time.optional(),
    finished: time.optional(),
    attempts: count,
    data: z.unknown(),
    options: z.unknown(),
    progress: z.unknown(),
    result: z.unknown().optional(),
    error: text.optional(),
    stack: z.array(text),
    logs: z.array(text),
    logCount: count,
    parent: text.optional(),
    children: z.strictObject({ done: count, failed: count, pending: count }).optional(),
  }),
  failures: z.strictObject({
    jobs: count,
    groups: z.array(
      z.strictObject({
        id: text,
        error: text,
        count,
        first: time,
        last: time,
        sample: z.strictObject({ job: text, error: text }),
      }),
    ),
  }),
  schedulers: z.strictObject({
    schedulers: z.array(
      z.strictObject({
        id: text,
        name: text.optional(),
        repeats: text,
        next: time,
        timezone: text.optional(),
        runs: count.optional(),
        legacy: z.boolean(),
      }),
    ),
  }),
  /** `retry`, `promote` and `clean`. */
  outcome: z.strictObject(outcome),
  /** `pause` and `resume`. */
  paused: z.strictObject({ queue: text, paused: z.boolean(), waiting: count }),
  /** `drain` and `obliterate`. `ties`: jobs that others need, by how. */
  removed: z.strictObject({
    queue: text,
    dryRun: z.boolean(),
    jobs: count,
    ties: z.record(text, count),
    keysLeft: count.optional(),
  }),
  test: z.strictObject({
    ok: z.boolean(),
    steps: z.array(z.strictObject({ step: text, ok: z.boolean(), found: text, ms: count })),
  }),
} as const;

export type Results = { [name in keyof typeof RESULTS]: z.infer<(typeof RESULTS)[name]> };

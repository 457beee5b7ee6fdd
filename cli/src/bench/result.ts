import { ROLES } from "redis-topology/redis";
import { z } from "zod";

const measurement = z.strictObject({
  what: z.string(),
  samples: z.number(),
  /** Milliseconds, one at a time. */
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** A second, with so many at once as `inFlight` says. */
  perSecond: z.number(),
});
export type Measurement = z.infer<typeof measurement>;

const load = z.strictObject({
  /** Round trips of jobs, in milliseconds, while the cache is busy. */
  jobs: measurement,
  cachePerSecond: z.number(),
});
export type Load = z.infer<typeof load>;

/** The JSON of `bench`. */
export const BENCH_RESULT = z.strictObject({
  inFlight: z.number(),
  roles: z.array(z.strictObject({ role: z.enum(ROLES), measurements: z.array(measurement) })),
  /** The same load on the queue's server alone, and on the pair; with `--split`. */
  split: z.strictObject({ shared: load, pair: load }).optional(),
});
export type BenchResult = z.infer<typeof BENCH_RESULT>;

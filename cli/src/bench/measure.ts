import { until } from "../deadline";
import type { Measurement } from "./result";

/** How often an operation is measured, and how many run at once where their pace is. */
export interface MeasureOptions {
  readonly samples: number;
  readonly inFlight: number;
  readonly signal: AbortSignal;
}

/** What one operation counts for, such as 100 jobs of one bulk. */
export interface Operation {
  readonly what: string;
  readonly counts?: number;
  run(): Promise<unknown>;
}

/** One operation's times one at a time, then its pace with many at once. */
export async function measure(operation: Operation, options: MeasureOptions): Promise<Measurement> {
  const { samples, inFlight, signal } = options;
  const times: number[] = [];
  // The first ones make connections warm and code compiled.
  for (let at = 0; at < Math.min(10, samples); at++) await until(signal, operation.run());
  for (let at = 0; at < samples; at++) times.push(await until(signal, timed(operation)));
  const { perSecond } = await pace(operation, { samples, inFlight, signal });
  return { what: operation.what, samples, ...percentiles(times), perSecond };
}

/** The pace of an operation with so many at once, and each one's time. */
export async function pace(
  operation: Operation,
  { samples, inFlight, signal }: MeasureOptions,
): Promise<{ perSecond: number; times: number[] }> {
  const times: number[] = [];
  let left = samples;
  const from = performance.now();
  const lane = async () => {
    while (left-- > 0 && !signal.aborted) times.push(await timed(operation));
  };
  await until(signal, Promise.all(Array.from({ length: Math.min(inFlight, samples) }, lane)));
  const seconds = (performance.now() - from) / 1000;
  return { perSecond: Math.round((samples * (operation.counts ?? 1)) / seconds), times };
}

/** Percentiles of milliseconds. */
export function percentiles(times: readonly number[]): Pick<Measurement, "p50" | "p95" | "p99"> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function timed({ run }: Operation): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

import type { MeasureOptions } from "./measure";
import { measure, pace } from "./measure";
import type { CacheLoad, QueueLoad } from "./operations";
import type { Load } from "./result";

/** Jobs one after the other, while a cache is used as fast as it answers with so many at once. */
export async function underLoad(jobs: QueueLoad, cache: CacheLoad, options: MeasureOptions): Promise<Load> {
  let over = false;
  let done = 0;
  const from = performance.now();
  const busy = async () => {
    while (!over) {
      await pace(cache.setAndGet(), { ...options, samples: options.inFlight });
      done += options.inFlight;
    }
  };
  const load = busy();
  // Whoever waits for the jobs hears of it first.
  load.catch(() => undefined);
  try {
    const measured = await measure(jobs.roundTrip(), options);
    const seconds = (performance.now() - from) / 1000;
    return { jobs: measured, cachePerSecond: Math.round(done / seconds) };
  } finally {
    over = true;
    await load;
  }
}

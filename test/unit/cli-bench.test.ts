import { expect, test } from "vitest";
import { measure, pace, percentiles } from "../../cli/src/bench/measure";

test("percentiles are those of the sorted times", () => {
  const times = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(percentiles(times)).toEqual({ p50: 51, p95: 96, p99: 100 });
});

test("a pace keeps so many at once and no more, and counts what each stands for", async () => {
  let running = 0;
  let most = 0;
  const operation = {
    what: "bulk",
    counts: 100,
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    },
  };
  const { times, perSecond } = await pace(operation, {
    samples: 20,
    inFlight: 4,
    signal: new AbortController().signal,
  });
  expect([times.length, most]).toEqual([20, 4]);
  expect(perSecond).toBeGreaterThan(100);
});

test("a measurement ends with the signal's reason", async () => {
  const stop = new AbortController();
  const operation = { what: "x", run: async () => stop.abort(new Error("time is up")) };
  await expect(measure(operation, { samples: 5, inFlight: 2, signal: stop.signal })).rejects.toThrow(
    "time is up",
  );
});

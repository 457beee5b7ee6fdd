import { textTable } from "../textTable";
import type { BenchResult, Measurement } from "./result";

/** The result for people. */
export function benchText({ roles, split, inFlight }: BenchResult): string {
  const head = ["p50", "p95", "p99", `a second, ${inFlight} at once`];
  const parts = roles.map(
    ({ role, measurements }) =>
      `${role}, from here\n${textTable(
        ["what", ...head],
        measurements.map((one) => [one.what, ...cells(one)]),
      )}`,
  );
  if (split) {
    const rows = [
      ["one server for both", ...cells(split.shared.jobs), split.shared.cachePerSecond],
      ["the pair", ...cells(split.pair.jobs), split.pair.cachePerSecond],
    ];
    parts.push(
      `round trip of a job while the cache is busy\n${textTable(["where", ...head, "SET and GET a second"], rows)}`,
    );
  }
  return parts.join("\n");
}

function cells({ p50, p95, p99, perSecond }: Measurement): unknown[] {
  return [`${p50} ms`, `${p95} ms`, `${p99} ms`, perSecond];
}

import type { Program, Usage } from "./preview";
import { Workbench } from "./preview";
import { mebibytes, median, seconds, table } from "./table";

const COUNTS = [1, 10, 100] as const;
const ROUNDS = 3;

/** Time and memory of a preview with 1, 10 and 100 topologies in one program. */
export async function scale(): Promise<string> {
  const bench = await Workbench.open();
  const measured = new Map<number, Usage[]>(COUNTS.map((count) => [count, []]));
  try {
    bench.warm(many(1));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const count of COUNTS) measured.get(count)?.push(bench.warm(many(count)));
    }
  } finally {
    bench.close();
  }
  const middle = (count: number, of: keyof Usage) =>
    median((measured.get(count) ?? []).map((usage) => usage[of]));
  const first = COUNTS[0];
  const each = (count: number, of: keyof Usage) => (middle(count, of) - middle(first, of)) / (count - first);
  const rows = COUNTS.map((count) => [
    String(count),
    seconds(middle(count, "wallSeconds")),
    seconds(middle(count, "cpuSeconds")),
    mebibytes(middle(count, "peakBytes")),
    ...(count === first
      ? []
      : [
          `${(each(count, "wallSeconds") * 1000).toFixed(0)} ms`,
          `${(each(count, "cpuSeconds") * 1000).toFixed(1)} ms`,
          `${(each(count, "peakBytes") / 1024).toFixed(0)} KiB`,
        ]),
  ]);
  const columns = ["wall", "CPU", "peak", "wall, each further", "CPU, each further", "memory, each further"];
  return [
    `Warm previews of one program with several topologies of two servers, medians of ${ROUNDS}.`,
    "",
    table(["topologies", ...columns], rows),
  ].join("\n");
}

function many(count: number): Program {
  return { name: "many topologies", folder: "bench/programs/many", env: { BENCH_TOPOLOGIES: String(count) } };
}

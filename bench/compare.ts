import type { Program, Usage } from "./preview";
import { Workbench } from "./preview";
import { mebibytes, median, seconds, table, times } from "./table";

const ROUNDS = 7;

/** A program, and one that pays for the same processes: a second Node process, a plugin for each provider. */
export type Comparison = readonly [program: Program, base: Program];

type Temperature = "warm" | "cold";
const TEMPERATURES: readonly Temperature[] = ["warm", "cold"];
const QUANTITIES = ["wallSeconds", "cpuSeconds", "peakBytes"] as const;

/** Time and memory of `pulumi preview` for each program, and as multiples of what it is compared with. */
export async function compare(comparisons: readonly Comparison[]): Promise<string> {
  const programs = [...new Set(comparisons.flat())];
  const measured = await measure(programs);
  const all = (program: Program, temperature: Temperature, of: keyof Usage) =>
    (measured.get(`${temperature} ${program.name}`) ?? []).map((usage) => usage[of]);
  const rows = programs.map((program) => [
    program.name,
    ...QUANTITIES.flatMap((of) =>
      TEMPERATURES.map((temperature) => SHOWN[of](median(all(program, temperature, of)))),
    ),
  ]);
  const ratios = comparisons.map(([program, base]) => [
    `${program.name} ÷ ${base.name}`,
    ...QUANTITIES.flatMap((of) =>
      TEMPERATURES.map((temperature) =>
        middleRatio(all(program, temperature, of), all(base, temperature, of)),
      ),
    ),
  ]);
  const columns = ["wall, warm", "wall, cold", "CPU, warm", "CPU, cold", "peak, warm", "peak, cold"];
  return [
    `Medians of ${ROUNDS} previews each, interleaved. CPU time and peak memory are the program's own process.`,
    "",
    table(["preview of", ...columns], rows),
    "",
    "Medians of the ratios within a round, so that a machine that slows down slows both sides.",
    "",
    table(["ratio", ...columns], ratios),
  ].join("\n");
}

const SHOWN = { wallSeconds: seconds, cpuSeconds: seconds, peakBytes: mebibytes } as const;

function middleRatio(values: readonly number[], bases: readonly number[]): string {
  return times(median(values.map((value, round) => value / (bases[round] ?? Number.NaN))));
}

/** Every program once a round, in turn and back again, so that what else the machine does hits them all alike. */
async function measure(programs: readonly Program[]): Promise<Map<string, Usage[]>> {
  const bench = await Workbench.open();
  const measured = new Map<string, Usage[]>();
  try {
    for (const program of programs) bench.warm(program);
    for (let round = 0; round < ROUNDS; round += 1) {
      console.error(`round ${round + 1} of ${ROUNDS} …`);
      for (const temperature of TEMPERATURES) {
        for (const program of round % 2 === 0 ? programs : [...programs].reverse()) {
          const key = `${temperature} ${program.name}`;
          measured.set(key, [...(measured.get(key) ?? []), bench[temperature](program)]);
        }
      }
    }
  } finally {
    bench.close();
  }
  return measured;
}

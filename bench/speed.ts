import { readFileSync } from "node:fs";
import * as path from "node:path";
import { type Program, type Usage, Workbench } from "./preview";
import { mebibytes, median, ratio, seconds, table } from "./table";

const ROUNDS = 5;

const BARE: Program = { name: "bare: one empty component", folder: "bench/programs/bare" };
const DYNAMIC: Program = { name: "bare, and one dynamic resource", folder: "bench/programs/dynamic" };
const BY_HAND: Program = { name: "the same resources by hand", folder: "bench/programs/by-hand" };
const LOCAL: Program = {
  name: "this program, local stack",
  folder: ".",
  config: readFileSync(path.join(__dirname, "..", "Pulumi.local.yaml"), "utf8"),
};
const WITHOUT_PROVIDER: Program = {
  name: "this program, no provider process",
  folder: ".",
  config: readFileSync(path.join(__dirname, "no-provider.yaml"), "utf8"),
};

/** What each program is to be compared with: one that pays for the same processes. */
const COMPARED: readonly (readonly [Program, Program])[] = [
  [WITHOUT_PROVIDER, BARE],
  [LOCAL, DYNAMIC],
  [LOCAL, BY_HAND],
];

type Temperature = "warm" | "cold";
const TEMPERATURES: readonly Temperature[] = ["warm", "cold"];

/** Time and memory of `pulumi preview` for this program against the least that can be compared with it. */
export async function speed(): Promise<string> {
  const programs = [BARE, DYNAMIC, BY_HAND, LOCAL, WITHOUT_PROVIDER];
  const measured = await measure(programs);
  const middle = (program: Program, temperature: Temperature, of: keyof Usage) =>
    median((measured.get(`${temperature} ${program.name}`) ?? []).map((usage) => usage[of]));
  const raw = programs.map((program) => [
    program.name,
    ...TEMPERATURES.map((temperature) => seconds(middle(program, temperature, "wallSeconds"))),
    ...TEMPERATURES.map((temperature) => seconds(middle(program, temperature, "cpuSeconds"))),
    ...TEMPERATURES.map((temperature) => mebibytes(middle(program, temperature, "peakBytes"))),
  ]);
  const ratios = COMPARED.map(([program, base]) => [
    `${program.name} ÷ ${base.name}`,
    ...(["wallSeconds", "cpuSeconds", "peakBytes"] as const).flatMap((of) =>
      TEMPERATURES.map((temperature) =>
        ratio(middle(program, temperature, of), middle(base, temperature, of)),
      ),
    ),
  ]);
  const columns = ["wall, warm", "wall, cold", "CPU, warm", "CPU, cold", "peak, warm", "peak, cold"];
  return [
    `Medians of ${ROUNDS} previews each, interleaved. CPU time and peak memory are the program's own process.`,
    "",
    table(["preview of", ...columns], raw),
    "",
    table(["ratio", ...columns], ratios),
  ].join("\n");
}

/** Every program once a round, in turn, so that what else the machine does hits them all alike. */
async function measure(programs: readonly Program[]): Promise<Map<string, Usage[]>> {
  const bench = await Workbench.open();
  const measured = new Map<string, Usage[]>();
  try {
    for (const program of programs) bench.warm(program);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const temperature of TEMPERATURES) {
        for (const program of programs) {
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

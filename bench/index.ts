import { cpus, loadavg } from "node:os";
import { commands } from "./commands";
import { memory } from "./memory";
import { scale } from "./scale";
import { speed } from "./speed";
import { stacks } from "./stacks";

/** `npm run bench`, or `npm run bench -- memory`: what to measure; without a name, everything. */
const SECTIONS: Readonly<Record<string, () => Promise<string>>> = { speed, stacks, scale, memory, commands };

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    throw new Error(`No section ${unknown.join(", ")}; there are ${Object.keys(SECTIONS).join(", ")}.`);
  }
  const load = loadavg()[0]?.toFixed(1);
  console.log(`Node ${process.version}, ${cpus().length} cores, load ${load} at the start.`);
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (wanted.length === 0 || wanted.includes(name)) console.log(`\n## ${name}\n\n${await section()}`);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

import type { Command } from "commander";
import { Option } from "commander";
import type { Role } from "redis-topology/redis";
import { ROLES } from "redis-topology/redis";
import { move } from "../move/move";
import type { MoveResult } from "../move/result";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { counted, formatBytes, textTable } from "../textTable";

interface Options extends RunOptions {
  from: string;
  only?: Role;
  merge?: boolean;
  dryRun?: boolean;
}

/** Adds `move`: what another Redis holds, into this topology. */
export function addMove(program: Command): void {
  const command = program
    .command("move")
    .description(
      "copy what another Redis holds into this topology: queues into the queue, the rest into the cache; every value is compared, and the source is never written to",
    )
    .requiredOption(
      "--from <url>",
      "where the data is; its password in REDISCLI_AUTH, where no other user sees it",
    )
    .addOption(new Option("--only <role>", "only what goes to this role").choices(ROLES))
    .option(
      "--merge",
      "the target may hold keys: equal ones stay, one that differs is refused before anything is written",
    )
    .option("--dry-run", "say what would go where, and copy nothing")
    .addHelpText(
      "after",
      "\nExample:\n  REDISCLI_AUTH=… redis-topology move --from redis://old.internal:6379 -s prod --dry-run",
    );
  addRunOptions(command).action((options: Options) =>
    runCommand(options, async (run) => {
      const result = await move(run, options);
      run.print(result, () => describe(result));
      return result.differences.length === 0 ? 0 : 1;
    }),
  );
}

function describe({ dryRun, plan, copied, compared, differences }: MoveResult): string {
  const rows = plan.map(({ role, queue, keys }) => [role, queue ?? "all other keys", keys]);
  const table =
    plan.length === 0 ? "The source holds no key to move.\n" : textTable(["to", "what", "keys"], rows);
  if (dryRun || copied === undefined) return `${table}Nothing was copied.\n`;
  const done = `Copied ${counted(copied.keys, "key")} (${formatBytes(copied.bytes)}) in ${copied.seconds.toFixed(1)} s; compared ${compared}`;
  if (differences.length === 0) return `${table}${done}: every value is the source's.\n`;
  const lines = differences.map(({ key, what }) => `  ${key}: ${what}`);
  return `${table}${done}, and these differ:\n${lines.join("\n")}\nSomebody wrote to one of the two meanwhile. Stop that, empty the target, and run this again.\n`;
}

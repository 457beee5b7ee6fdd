import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { processesIn, whyDataStays } from "./data";
import { findOwnBackend } from "./launcher/backend";
import { Failure, say } from "./launcher/failure";
import { repository, stateFolder } from "./launcher/paths";
import { must, runScript, STACK, stackExists, step } from "./steps";

const data = join(".redis-topology", STACK);

export function main(args: string[]): void {
  process.chdir(repository);
  new Command("npm run down --")
    .description(`Take the stack "${STACK}" down; the queue's data stays on disk.`)
    .option("--delete-data", `also remove ${data}`)
    .allowExcessArguments(false)
    .action(({ deleteData }: { deleteData?: boolean }) => runScript(() => down(deleteData ?? false)))
    .parse(args, { from: "user" });
}

async function down(deleteData: boolean): Promise<number> {
  step(`Taking the stack "${STACK}" down`);
  const ownBackend = findOwnBackend(process.env, repository);
  // Without any state there is nothing to take down, and no reason to get a CLI for it.
  const neverUp = !ownBackend && !existsSync(stateFolder);
  const exists = !neverUp && (await stackExists());
  if (exists)
    await must(
      ["destroy", "--yes", "--skip-preview", "-s", STACK],
      "The queue's data is still on disk. Solve what the message above says and run `npm run down` again.",
    );
  else say(`  There is no stack "${STACK}": nothing to do.`);
  if (!existsSync(data)) return 0;
  if (!deleteData) {
    say(`\nThe data stays in ${data} (npm run down -- --delete-data removes it).`);
    return 0;
  }
  const reason = whyDataStays({
    folder: data,
    stackExists: exists,
    ownBackend,
    processes: processesIn(data),
  });
  if (reason) throw new Failure(reason);
  rmSync(data, { recursive: true });
  say(`\nRemoved ${data}.`);
  return 0;
}

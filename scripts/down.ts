import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { findOwnBackend } from "../cli/launcher/backend";
import { say } from "../cli/launcher/failure";
import { repository, stateFolder } from "../cli/launcher/paths";
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
  // Without any state there is nothing to take down, and no reason to get a CLI for it.
  const neverUp = !findOwnBackend(process.env, repository) && !existsSync(stateFolder);
  if (neverUp || !(await stackExists())) say(`  There is no stack "${STACK}": nothing to do.`);
  else
    await must(
      ["destroy", "--yes", "--skip-preview", "-s", STACK],
      "The queue's data is still on disk. Solve what the message above says and run `npm run down` again.",
    );
  if (!existsSync(data)) return 0;
  if (deleteData) rmSync(data, { recursive: true });
  say(
    deleteData
      ? `\nRemoved ${data}.`
      : `\nThe data stays in ${data} (npm run down -- --delete-data removes it).`,
  );
  return 0;
}

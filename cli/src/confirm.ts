import { createInterface } from "node:readline/promises";
import { UserError } from "./errors";

/** How a command that destroys is told to go on. */
export interface ConfirmOptions {
  yes?: boolean;
  dryRun?: boolean;
}

/**
 * Asks for the name of what is about to be destroyed, unless `--yes` was given. `what` is said before: "remove 12
 * failed jobs of mail". Throws UserError when the answer is another, or when there is no terminal to ask.
 */
export async function confirm(
  what: string,
  name: string,
  options: ConfirmOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UserError(
      `This would ${what}. Nobody is there to ask: add --yes to do it, or --dry-run to look first.`,
    );
  }
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await line.question(`This will ${what}. Type ${name} to go on: `, { signal });
    if (answer.trim() !== name) throw new UserError("That is another name. Nothing was changed.");
  } finally {
    line.close();
  }
}

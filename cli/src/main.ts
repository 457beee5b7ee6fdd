import { Command, CommanderError } from "commander";
import { addEnv } from "./commands/env";
import { addVerify } from "./commands/verify";
import { UserError } from "./errors";

/** Exit code of a wrong command line, and of outputs that cannot be read. */
const USAGE_EXIT_CODE = 2;

/** Runs the command line of this process and ends it: 0 = all is well, 1 = a check failed, 2 = usage or outputs. */
export async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Whoever read the output has had enough of it (`| head -1`), or the terminal is gone: no failure of the command. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

function createProgram(): Command {
  const program = new Command("redis-topology")
    .description("day-two commands for a Redis topology; they read a stack's outputs and know no backend")
    .exitOverride();
  addVerify(program);
  addEnv(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function report(error: unknown): number {
  // commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`redis-topology: ${error.message}\n`);
  return USAGE_EXIT_CODE;
}

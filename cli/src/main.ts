import { Command, CommanderError } from "commander";
import { addBench } from "./commands/bench";
import { addDoctor } from "./commands/doctor";
import { addEnv } from "./commands/env";
import { addGuarantees } from "./commands/guarantees";
import { addLogs } from "./commands/logs";
import { addMemory } from "./commands/memory";
import { addMove } from "./commands/move";
import { addQueue, queueNameLast } from "./commands/queue";
import { addQueues } from "./commands/queues";
import { addRun } from "./commands/run";
import { addShell } from "./commands/shell";
import { addStatus } from "./commands/status";
import { addTunnel } from "./commands/tunnel";
import { addUi } from "./commands/ui";
import { addVerify } from "./commands/verify";
import { FailedError, UserError } from "./errors";

/** Exit code of a wrong command line, and of outputs that cannot be read. */
const USAGE_EXIT_CODE = 2;
const FAILED_EXIT_CODE = 1;

/** Runs the command line of this process and ends it: 0 = all is well, 1 = a check failed, 2 = usage or outputs. */
export async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  try {
    const program = createProgram();
    await program.parseAsync(queueNameLast(process.argv, program));
  } catch (error) {
    process.exitCode = report(error, process.argv.includes("--json"));
  }
}

/** Whoever read the output has had enough of it (`| head -1`), or the terminal is gone: no failure of the command. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command("redis-topology")
    .description("day-two commands for a Redis topology; they read a stack's outputs and know no backend")
    .exitOverride();
  addStatus(program);
  addVerify(program);
  addEnv(program);
  addRun(program);
  addShell(program);
  addLogs(program);
  addTunnel(program);
  addGuarantees(program);
  addQueues(program);
  addQueue(program);
  addUi(program);
  addMemory(program);
  addMove(program);
  addDoctor(program);
  addBench(program);
  for (const command of withSubcommands(program)) {
    command.exitOverride();
    // With --json, `report` says it.
    if (process.argv.includes("--json")) command.configureOutput({ writeErr: () => undefined });
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Without --json, commander has printed its own message.
    if (json) writeError(error.message.replace(/^error: /, ""), json);
    return USAGE_EXIT_CODE;
  }
  if (!(error instanceof UserError || error instanceof FailedError)) throw error;
  writeError(error.message, json);
  return error instanceof UserError ? USAGE_EXIT_CODE : FAILED_EXIT_CODE;
}

function writeError(message: string, json: boolean): void {
  process.stderr.write(json ? `${JSON.stringify({ error: message })}\n` : `redis-topology: ${message}\n`);
}

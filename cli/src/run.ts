import { constants } from "node:os";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { Role } from "redis-topology/redis";
import { startDeadline } from "./deadline";
import { FailedError, messageOf, UserError } from "./errors";
import { mask } from "./mask";
import type { StackOutputs } from "./outputs";
import { secretsOf } from "./outputs";
import type { Progress } from "./progress";
import { startProgress } from "./progress";
import type { Reached } from "./reach";
import { reach } from "./reach";
import type { SourceOptions } from "./source";
import { addEndpointOption, addSourceOptions, readSource } from "./source";

/** Node's timers take no more milliseconds than a 32-bit number holds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;
/** Whoever ends the command so is heard; a closed terminal sends SIGHUP. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The options that every command has. */
export interface RunOptions extends SourceOptions {
  json?: boolean;
  /** Seconds; absent = no limit. */
  timeout?: number;
}

/** What a command works with. */
export interface Run {
  readonly outputs: StackOutputs;
  /** Aborted by Ctrl-C and when the time is up; its reason is a DeadlineError. */
  readonly signal: AbortSignal;
  /** Whether `--json` was given: nothing but JSON goes to stdout then. */
  readonly json: boolean;
  readonly progress: Progress;
  /** A way to a role's server, through a tunnel where it needs one; open until the command ends. */
  reach(role: Role): Promise<Reached>;
  /** Says something beside the result, on stderr; nothing with `--json`. */
  say(text: string): void;
  /** Called when the command ends, whatever ended it; the last one first. */
  atEnd(work: () => unknown): void;
  /** From here on a program in the foreground hears the signals instead of the command, and its exit code counts. */
  releaseSignals(): void;
  /** Prints a line of what has no end: with `--json` as `{"line"}`. Secrets are masked. */
  line(text: string, stream?: "stdout" | "stderr"): void;
  /** Prints the result: as JSON (on one line where more follow), or as the text. Secrets are masked in both. */
  print(result: unknown, text: () => string, oneLine?: boolean): void;
}

/**
 * Adds `--stack`, `--outputs`, `--url`, `--role`, `--endpoint`, `--json` and `--timeout`. `seconds`: the default of the
 * last; absent = no limit. `whose`: what it limits.
 */
export function addRunOptions(
  command: Command,
  seconds?: number,
  whose = "time that the command may take in all",
): Command {
  const timeout = new Option("--timeout <seconds>", whose).argParser(parseSeconds);
  return addEndpointOption(addSourceOptions(command))
    .option("--json", 'print JSON; an error too, as {"error"} on stderr')
    .addOption(seconds === undefined ? timeout : timeout.default(seconds));
}

/**
 * Runs a command's work with what its options ask for. The work's number becomes the exit code: 0 = all is well (also
 * for nothing), 1 = something is wrong. Ctrl-C gives 130; what cannot be read or done as asked gives 2; a server that
 * fails on the way gives 1.
 */
export async function runCommand(
  options: RunOptions,
  work: (run: Run) => Promise<number | undefined>,
): Promise<void> {
  const interruption = new AbortController();
  let interrupted: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    interrupted ??= signal;
    interruption.abort();
  };
  // Once only: a second signal of the kind ends the process at once.
  for (const signal of INTERRUPTIONS) process.once(signal, interrupt);
  const releaseSignals = () => {
    for (const signal of INTERRUPTIONS) process.removeListener(signal, interrupt);
  };
  const deadline = startDeadline((options.timeout ?? MAX_TIMEOUT_SECONDS) * 1000, interruption.signal);
  const progress = startProgress();
  const endings: (() => unknown)[] = [];
  let secrets: string[] = [];
  try {
    const outputs = await readSource(options);
    secrets = secretsOf(outputs);
    const say = (text: string) => {
      progress.clear();
      if (!options.json) process.stderr.write(`redis-topology: ${mask(text, secrets)}\n`);
    };
    const run: Run = {
      outputs,
      signal: deadline.signal,
      json: options.json ?? false,
      progress,
      atEnd: (ending) => endings.unshift(ending),
      reach: async (role) => {
        const reached = await reach(outputs, role, deadline.signal, say);
        endings.unshift(() => reached.close());
        return reached;
      },
      say,
      releaseSignals,
      line: (text, stream = "stdout") => {
        const masked = mask(text, secrets);
        process[stream].write(`${options.json ? JSON.stringify({ line: masked }) : masked}\n`);
      },
      print: (result, text, oneLine = false) => {
        progress.clear();
        const printed = options.json ? `${JSON.stringify(result, undefined, oneLine ? 0 : 2)}\n` : text();
        process.stdout.write(mask(printed, secrets));
      },
    };
    process.exitCode = (await work(run)) ?? 0;
  } catch (error) {
    progress.clear();
    const message = mask(messageOf(error), secrets);
    if (error instanceof UserError) throw new UserError(message);
    if (interrupted === undefined) throw new FailedError(message);
  } finally {
    progress.clear();
    for (const ending of endings) await ending();
    deadline.clear();
    releaseSignals();
    if (interrupted) process.exitCode = 128 + constants.signals[interrupted];
  }
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new InvalidArgumentError(`Allowed: seconds above 0, at most ${MAX_TIMEOUT_SECONDS}.`);
  }
  return seconds;
}

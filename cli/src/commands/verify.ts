import { constants } from "node:os";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { allGood, resultJson, resultTable } from "../report";
import type { SourceOptions } from "../source";
import { addEndpointOption, addSourceOptions, readSource } from "../source";
import type { VerifyOptions } from "../verifyTopology";
import { DEFAULT_TIMEOUT_MS, verifyTopology } from "../verifyTopology";

interface Options extends SourceOptions {
  json?: boolean;
  timeout: number;
}

/** Whoever ends the command so is heard; a closed terminal sends SIGHUP. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Node's timers take no more milliseconds than a 32-bit number holds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/** Adds `verify`: connects as an application would and checks every role. */
export function addVerify(program: Command): void {
  const command = program
    .command("verify")
    .description("check a running topology as an application would; exit code 0 only when nothing fails")
    .option("--json", "print JSON instead of a table")
    .option(
      "--timeout <seconds>",
      "time that one role may take in all",
      parseSeconds,
      DEFAULT_TIMEOUT_MS / 1000,
    );
  addEndpointOption(addSourceOptions(command)).action(verify);
}

async function verify(options: Options): Promise<void> {
  const outputs = await readSource(options);
  const interruption = new AbortController();
  let interrupted: NodeJS.Signals | undefined;
  // Once only: a second signal of the kind ends the process at once.
  for (const signal of INTERRUPTIONS)
    process.once(signal, () => {
      interrupted ??= signal;
      interruption.abort();
    });
  const progress = progressLine();
  const results = await verifyTopology(outputs, {
    roles: options.role,
    timeoutMs: options.timeout * 1000,
    signal: interruption.signal,
    onProgress: progress.show,
  });
  progress.clear();
  process.stdout.write(options.json ? resultJson(outputs.backend, results) : resultTable(results));
  if (interrupted) process.exitCode = 128 + constants.signals[interrupted];
  else process.exitCode = allGood(results) ? 0 : 1;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new InvalidArgumentError(`Allowed: seconds above 0, at most ${MAX_TIMEOUT_SECONDS}.`);
  }
  return seconds;
}

function progressLine(): { show: VerifyOptions["onProgress"]; clear: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: undefined, clear: () => undefined };
  return {
    show: (role, check) => stderr.write(`\r\x1b[K${role}: ${check} …`),
    clear: () => stderr.write("\r\x1b[K"),
  };
}

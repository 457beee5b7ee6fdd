import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { UserError } from "./errors";

/** What ends a program in the foreground; a terminal sends the first and the last to the program itself. */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const;
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/** A program in the foreground. */
export interface Child {
  readonly process: ChildProcess;
  /** Its exit code; 128 and the signal's number when a signal ended it, as a shell says it. */
  readonly code: Promise<number>;
}

/**
 * Starts a program in the foreground: what would end this process goes to the program, whose own end decides. `signal`
 * ends it. Throws UserError when there is no such program.
 */
export async function startChild(
  command: readonly string[],
  options: SpawnOptions,
  signal: AbortSignal,
): Promise<Child> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, options);
  const passOn = PASSED_ON.map((name) => [name, passing(child, name)] as const);
  for (const [name, listener] of passOn) process.on(name, listener);
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const closed = once(child, "close");
  const code = closed
    .then(([code, killer]) => codeOf(code, killer))
    .finally(() => {
      signal.removeEventListener("abort", stop);
      for (const [name, listener] of passOn) process.removeListener(name, listener);
    });
  code.catch(() => undefined);
  await Promise.race([once(child, "spawn"), code]).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "is not on PATH" : `cannot be started (${error.code})`;
    throw new UserError(`${program} ${why}. Install it, or correct its name.`);
  });
  if (signal.aborted) stop();
  return { process: child, code };
}

function codeOf(code: number | null, killer: NodeJS.Signals | null): number {
  return killer === null ? (code ?? 0) : 128 + constants.signals[killer];
}

function passing(child: ChildProcess, name: NodeJS.Signals): () => void {
  return () => {
    // The terminal has told every program in the foreground already.
    if (process.stdin.isTTY && FROM_TERMINAL.includes(name)) return;
    child.kill(name);
  };
}

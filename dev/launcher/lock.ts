import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure";
import { holds, startOf } from "./process";

/** A build takes five minutes on two cores. */
const LIMIT_MS = 30 * 60_000;

/**
 * Runs `work` alone among all processes that use the same file; waits for a living holder, whom `waiting` is told
 * once, and replaces a dead one. Throws when the wait takes longer than `limitMs`.
 */
export async function alone<T>(
  file: string,
  waiting: (who: string) => void,
  work: () => Promise<T>,
  limitMs = LIMIT_MS,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const until = Date.now() + limitMs;
  for (let told = false; ; ) {
    const holder = take(file);
    if (holder === undefined) break;
    if (!told) waiting(`pid ${holder}, lock ${file}`);
    told = true;
    if (Date.now() > until)
      throw new Failure(
        `The lock ${file} has been held by pid ${holder} for more than ${limitMs / 60_000} minutes. See what that process is (\`ps -p ${holder}\`); if it is not a run of this repository, remove the file, and run the same command again.`,
      );
    await sleep(500);
  }
  const release = () => rmSync(file, { force: true });
  // A signal would end the process without its "exit" handlers: this one's and those of the work that clean up.
  const leave = (signal: NodeJS.Signals) => setImmediate(() => process.exit(128 + constants.signals[signal]));
  process.once("exit", release);
  for (const signal of SIGNALS) process.on(signal, leave);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
    process.off("exit", release);
    release();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Undefined when the lock was taken, else the id of the process that holds it. */
function take(file: string): number | undefined {
  // Linked into place with its content: a lock that is seen empty would look like a dead holder's.
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${startOf(process.pid) ?? ""}`);
  try {
    for (;;) {
      if (linked(mine, file)) return undefined;
      const text = contents(file);
      if (text === undefined) continue;
      const { pid, start } = parseHolder(text);
      if (holds(pid, start)) return pid;
      removeStale(file, text, `${mine}.stale`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Takes the file away only if it is still the one that was judged: another process may have replaced it meanwhile. */
function removeStale(file: string, judged: string, aside: string): void {
  try {
    renameSync(file, aside);
    if (contents(aside) !== judged) linked(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

function contents(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

function parseHolder(text: string): { pid: number; start: string | undefined } {
  const [, pid, start] = /^(\d+) ?(.*)$/.exec(text) ?? [];
  return { pid: Number(pid), start: start || undefined };
}

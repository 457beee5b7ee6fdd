import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { join } from "node:path";

/** Starts a program that ends, with all that it started, when this process ends or `end` is called. */
export function tethered(
  file: string,
  args: string[],
  options: Pick<SpawnOptions, "cwd" | "env">,
): { child: ChildProcess; end: () => void } {
  const child = spawn(process.execPath, [join(__dirname, "tether.cjs"), file, ...args], {
    ...options,
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  // It may have ended by itself.
  child.stdin?.on("error", () => undefined);
  return { child, end: () => child.stdin?.destroy() };
}

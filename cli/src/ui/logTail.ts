import { spawn } from "node:child_process";
import type { RoleWays } from "redis-topology/redis";
import { wayCommand } from "redis-topology/redis";
import { mask } from "../mask";

/** Milliseconds that the command may take, and characters of its end that are shown. */
const MOST_MS = 10_000;
const MOST_TEXT = 60_000;

/** The end of a server's log, secrets masked; or why there is none to show. */
export async function logTail(ways: RoleWays | undefined, secrets: readonly string[]): Promise<string> {
  const [program, ...args] = ways?.logs ? wayCommand(ways.logs, {}) : [];
  if (program === undefined) return ways?.instead ?? "This backend gives no way to the log.";
  const text = await outputOf(program, args);
  return mask(text, secrets);
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: MOST_MS });
    let text = "";
    const keep = (chunk: string) => {
      text = (text + chunk).slice(-MOST_TEXT);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => resolve(`${program}: ${error.message}`));
    child.on("close", () => resolve(text));
  });
}

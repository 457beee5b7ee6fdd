import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { constants } from "node:os";

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
const SIGNALS: Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ChildOptions extends SpawnOptions {
  /** Keep both output streams in the result instead of showing them. */
  capture?: boolean;
}

/**
 * What to do with a signal this process gets while a child runs. A terminal sends Ctrl-C and a hang-up to the
 * child too; npm sends one more to us, and a second Ctrl-C makes Pulumi stop without finishing what it started.
 */
export function forwards(signal: Signal, terminal: boolean, msSinceLast: number): boolean {
  if (terminal && signal !== "SIGTERM") return false;
  return msSinceLast > 1000;
}

/** Runs a program to its end; a signal reaches it once, and its exit code is the result. */
export function run(
  file: string,
  args: string[],
  { capture = false, ...options }: ChildOptions = {},
): Promise<Ended> {
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const stdio = capture ? ("pipe" as const) : "inherit";
  // Without a terminal the child leads its own group: a signal to the whole group would come on top of ours.
  const child = spawn(file, args, { stdio: ["inherit", stdio, stdio], ...options, detached: !terminal });
  const stop = passSignals(child, terminal);
  return new Promise((resolve, reject) => {
    const text = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      text.stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      text.stderr += chunk;
    });
    child.once("error", (error) => {
      stop();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stop();
      resolve({ code: code ?? 128 + constants.signals[signal ?? "SIGTERM"], ...text });
    });
  });
}

function passSignals(child: ChildProcess, terminal: boolean): () => void {
  const last = new Map<Signal, number>();
  const handlers = SIGNALS.map((signal) => {
    const handler = () => {
      const now = Date.now();
      if (!forwards(signal, terminal, now - (last.get(signal) ?? 0))) return;
      last.set(signal, now);
      child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}

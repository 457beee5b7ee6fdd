import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { wayCommand } from "redis-topology/redis";
import { until } from "./deadline";
import { FailedError, messageOf, UserError } from "./errors";
import { freePort } from "./freePort";

/** Where a tunnel begins. */
export const LOCALHOST = "127.0.0.1";

/** A session of a cloud takes seconds to open. */
const OPEN_MS = 30_000;
const POLL_MS = 50;
/** A port of this machine answers at once. */
const ANSWER_MS = 500;
/** A tunnel that does not end by itself is ended. */
const CLOSE_MS = 2000;
/** What is kept of a tunnel's words. */
const KEPT_WORDS = 2000;

/** A local port that leads to a server. */
export interface Tunnel {
  readonly port: number;
  /** The command that holds it open, for a person. */
  readonly command: string;
  /** Settles when the tunnel ends, whoever ended it; with what it said last. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Opens a tunnel by its way, from the `wanted` port or a free one, and waits until it answers. Throws FailedError with the command's own words. */
export async function openTunnel(
  way: readonly string[],
  host: string,
  signal: AbortSignal,
  wanted?: number,
): Promise<Tunnel> {
  if (wanted !== undefined && (await listens(LOCALHOST, wanted, ANSWER_MS))) {
    throw new UserError(`Port ${wanted} of ${LOCALHOST} is taken. Choose another with --port.`);
  }
  // The tunnels' programs take no port 0.
  const port = wanted ?? (await freePort(LOCALHOST));
  const [program = "", ...args] = wayCommand(way, { port, host });
  const command = [program, ...args].join(" ");
  // A group of its own: it must outlive a Ctrl-C until the last answer is in, and its helpers must end with it.
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = `${words}${text}`.slice(-KEPT_WORDS);
  });
  const ended = endOf(child, program, () => words.trim());
  const close = () => end(child, ended);
  try {
    await until(signal, untilOpen(port, command, ended));
    return { port, command, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether something listens there; false too when it takes longer than so many milliseconds to say. */
export function listens(host: string, port: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(milliseconds, () => answer(false));
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}

async function endOf(child: ChildProcess, program: string, words: () => string): Promise<string> {
  try {
    const [code, signal] = await once(child, "close");
    return words() || `it ended with ${signal ?? `code ${code}`} and said nothing`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing ? `${program} is not installed here` : messageOf(error);
  }
}

async function untilOpen(port: number, command: string, ended: Promise<string>): Promise<void> {
  const closed = new AbortController();
  const failed = ended.then((words) => {
    throw new FailedError(`The tunnel \`${command}\` did not open: ${words}`);
  });
  const open = (async () => {
    const patience = Date.now() + OPEN_MS;
    while (!closed.signal.aborted && !(await listens(LOCALHOST, port, ANSWER_MS))) {
      if (Date.now() > patience)
        throw new FailedError(`The tunnel \`${command}\` did not open within ${OPEN_MS / 1000} s.`);
      await sleep(POLL_MS);
    }
  })();
  try {
    await Promise.race([open, failed]);
  } finally {
    closed.abort();
    failed.catch(() => undefined);
  }
}

async function end({ pid }: ChildProcess, ended: Promise<string>): Promise<void> {
  if (pid === undefined) return;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
      return;
    }
    if (await Promise.race([ended.then(() => true), sleep(CLOSE_MS, false, { ref: false })])) return;
  }
}

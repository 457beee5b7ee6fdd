import { spawn } from "node:child_process";
import { Role } from "redis-topology/redis";
import { inCluster } from "../checks/facts";
import { startDeadline } from "../deadline";
import { UserError } from "../errors";
import { chooseRoles } from "../outputs";
import { endpointOf } from "../reach";
import type { Target } from "../redisClient";
import { connect, targetOf } from "../redisClient";
import type { Run, RunOptions } from "../run";
import { commandLine } from "../status/commandLine";
import { addressOf } from "../status/observe";
import { Board } from "./board";
import { Link } from "./link";
import type { ShownRole } from "./server";
import { servePage } from "./server";

/** The options of `ui`. */
export interface UiOptions extends RunOptions {
  host: string;
  /** 0 = a free one. */
  port: number;
  readOnly?: boolean;
  open: boolean;
}

const LOOPBACK = "127.0.0.1";
const FIRST_ATTEMPT_MS = 3000;
const PASSWORD_VARIABLE = "REDIS_TOPOLOGY_UI_PASSWORD";
/** As many letters as nobody guesses over a network. */
const LEAST_PASSWORD = 12;

/** Serves the page until the command is ended. */
export async function showPage(run: Run, options: UiOptions): Promise<undefined> {
  const password = passwordFor(options.host);
  const { outputs } = run;
  const shown: ShownRole[] = [];
  for (const role of chooseRoles(outputs, options.role)) {
    const reached = await run.reach(role);
    const target = targetOf(reached.endpoint);
    const link = Link.open(target, await isClustered(target));
    run.atEnd(() => link.close());
    const board = role === Role.Queue ? new Board(link, options.readOnly ?? false) : undefined;
    shown.push({
      role,
      address: addressOf(endpointOf(outputs, role)),
      endpoint: reached.endpoint,
      link,
      ...(board && { board }),
    });
  }
  const page = await servePage({
    outputs,
    roles: shown,
    command: (text) => commandLine(text, options),
    title: options.stack ?? outputs.backend,
    readOnly: options.readOnly ?? false,
    host: options.host,
    port: options.port,
    ...(password !== undefined && { password }),
  });
  run.atEnd(() => page.close());
  for (const { board } of shown) {
    if (!board) continue;
    run.atEnd(() => board.close());
    void board.watch();
  }
  run.print({ url: page.url }, () => `${page.url}\nCtrl-C ends it.\n`);
  if (options.open && process.stdout.isTTY) openBrowser(page.url);
  await new Promise((resolve) => run.signal.addEventListener("abort", resolve, { once: true }));
  return undefined;
}

/** A server that is away is taken for one that stands alone, as nearly all do. */
async function isClustered(target: Target): Promise<boolean> {
  const deadline = startDeadline(FIRST_ATTEMPT_MS);
  try {
    const client = await connect(target, deadline.signal);
    return await inCluster(client, deadline.signal).finally(() => client.disconnect());
  } catch {
    return false;
  } finally {
    deadline.clear();
  }
}

function passwordFor(host: string): string | undefined {
  if (host === LOOPBACK || host === "localhost") return undefined;
  const password = process.env[PASSWORD_VARIABLE] ?? "";
  if (password.length < LEAST_PASSWORD) {
    throw new UserError(
      `--host ${host} lets others reach the page. Set ${PASSWORD_VARIABLE} to a password of at least ${LEAST_PASSWORD} characters, or leave the option out.`,
    );
  }
  return password;
}

function openBrowser(url: string): void {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  // The address stands on the terminal already, for whoever has no browser here.
  spawn(command, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

import { spawn } from "node:child_process";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { Role } from "redis-topology/redis";
import { inCluster } from "../checks/facts";
import { startDeadline } from "../deadline";
import { UserError } from "../errors";
import { chooseRoles } from "../outputs";
import type { Target } from "../redisClient";
import { connect, targetOf } from "../redisClient";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { Board } from "../ui/board";
import { Link } from "../ui/link";
import type { ShownRole } from "../ui/server";
import { servePage } from "../ui/server";

interface Options extends RunOptions {
  host: string;
  port: number;
  readOnly?: boolean;
  open: boolean;
}

const LOOPBACK = "127.0.0.1";
const FIRST_ATTEMPT_MS = 3000;
const PASSWORD_VARIABLE = "REDIS_TOPOLOGY_UI_PASSWORD";
/** As many letters as nobody guesses over a network. */
const LEAST_PASSWORD = 12;

/** Adds `ui`: the page. */
export function addUi(program: Command): void {
  const command = program
    .command("ui")
    .description("open a page on this machine: the topology as it runs, and bull-board for every queue")
    .option("--read-only", "no button changes anything, and no address is given with its password")
    .option("--port <port>", "port of the page; default a free one", parsePort, 0)
    .option(
      "--host <address>",
      `where the page listens; others than ${LOOPBACK} need ${PASSWORD_VARIABLE}`,
      LOOPBACK,
    )
    .option("--no-open", "print the address, and open no browser")
    .addHelpText("after", "\nExample:\n  redis-topology ui -s local --read-only");
  addRunOptions(command).action((options: Options) => runCommand(options, (run) => show(run, options)));
}

async function show(run: Run, options: Options): Promise<undefined> {
  const password = passwordFor(options.host);
  const { outputs } = run;
  const shown: ShownRole[] = [];
  for (const role of chooseRoles(outputs, options.role)) {
    const reached = await run.reach(role);
    const target = targetOf(reached.endpoint);
    const link = Link.open(target, await isClustered(target));
    run.atEnd(() => link.close());
    shown.push({ role, endpoint: reached.endpoint, link });
  }
  const queue = shown.find(({ role }) => role === Role.Queue);
  const board = queue && new Board(queue.link, options.readOnly ?? false);
  const page = await servePage({
    outputs,
    roles: shown,
    ...(board && { board }),
    title: options.stack ?? outputs.backend,
    readOnly: options.readOnly ?? false,
    host: options.host,
    port: options.port,
    ...(password !== undefined && { password }),
  });
  run.atEnd(() => page.close());
  if (board) {
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

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidArgumentError("Allowed: a whole number from 1 to 65535.");
  }
  return port;
}

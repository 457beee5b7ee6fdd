import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { isPort } from "redis-topology/redis";
import { addRunOptions, runCommand } from "../run";
import type { UiOptions } from "../ui/show";

/** Adds `ui`: the page. */
export function addUi(program: Command): void {
  const command = program
    .command("ui")
    .description("open a page on this machine: the topology as it runs, and bull-board for every queue")
    .option("--read-only", "no button changes anything, and no address is given with its password")
    .option("--port <port>", "port of the page; default a free one", parsePort, 0)
    .option(
      "--host <address>",
      "where the page listens; another one than loopback needs a password in REDIS_TOPOLOGY_UI_PASSWORD",
      "127.0.0.1",
    )
    .option("--no-open", "print the address, and open no browser")
    .addHelpText("after", "\nExample:\n  redis-topology ui -s local --read-only");
  addRunOptions(command).action((options: UiOptions) =>
    runCommand(options, async (run) => {
      // A web server and bull-board, which no other command needs.
      const { showPage } = await import("../ui/show");
      return showPage(run, options);
    }),
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!isPort(port)) {
    throw new InvalidArgumentError("Allowed: a whole number from 1 to 65535.");
  }
  return port;
}

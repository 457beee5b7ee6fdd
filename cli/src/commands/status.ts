import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { until } from "../deadline";
import { chooseRoles } from "../outputs";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { commandLine } from "../status/commandLine";
import { Observer } from "../status/observe";
import type { StatusReport } from "../status/report";
import { statusReport } from "../status/status";
import { statusText } from "../status/view";

interface Options extends RunOptions {
  verbose?: boolean;
  watch?: number | true;
  exitCode?: boolean;
}

const WATCH_SECONDS = 5;

/** Adds `status`: how the topology stands, problems first. */
export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .description("how the topology stands, on one screen: problems first, each with the command that helps")
    .option("-v, --verbose", "every queue, and what is seldom asked")
    .option(
      "--watch [seconds]",
      `look again, every ${WATCH_SECONDS} seconds or as often as given`,
      parseInterval,
    )
    .option("--exit-code", "exit with 1 when there is a problem that is no mere note, for cron and monitors");
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology status -s prod --exit-code");
  command.action((options: Options) => runCommand(options, (run) => status(run, options)));
}

async function status(run: Run, options: Options): Promise<number> {
  const observers = chooseRoles(run.outputs, options.role).map(
    (role) => new Observer(run, role, options.verbose ?? false),
  );
  run.atEnd(() => Promise.all(observers.map((observer) => observer.close())));
  const look = async () => {
    const seen = await Promise.all(observers.map((observer) => observer.observe()));
    return statusReport(run.outputs, seen, new Date(), (text) => commandLine(text, options));
  };
  if (options.watch === undefined) {
    run.progress.show("looking …");
    const report = await look();
    run.print(report, () => statusText(report, options.verbose ?? false));
    return options.exitCode && !report.ok ? 1 : 0;
  }
  const milliseconds = (options.watch === true ? WATCH_SECONDS : options.watch) * 1000;
  for (;;) {
    show(run, await look(), options);
    await until(run.signal, sleep(milliseconds));
  }
}

/** A screen after the other, to be scrolled and searched; JSON a report a line. */
function show(run: Run, report: StatusReport, { json, verbose }: Options): void {
  if (json) run.print(report, () => "", true);
  else run.print(report, () => `${statusText(report, verbose ?? false)}\n`);
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400)) throw new InvalidArgumentError("Allowed: 1 to 86400 seconds.");
  return seconds;
}

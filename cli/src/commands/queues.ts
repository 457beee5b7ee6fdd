import type { Command } from "commander";
import { formatDuration, parseCount } from "../duration";
import { countWorkers, readCounts } from "../queues/counts";
import { findQueues } from "../queues/discover";
import type { Results } from "../queues/results";
import { DEFAULT_SCAN_LIMIT, openSession } from "../queues/session";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { textTable } from "../textTable";

interface Options extends RunOptions {
  scan: number;
}

/** Adds `queues`: every queue on the server, with its jobs by state. */
export function addQueues(program: Command): void {
  const command = program
    .command("queues")
    .description("list every queue on the queue's server, whatever its prefix, with its jobs by state")
    .option("--scan <keys>", "keys to pass over at most", parseCount(1), DEFAULT_SCAN_LIMIT)
    .addHelpText("after", "\nExample:\n  redis-topology queues -s prod");
  addRunOptions(command).action(queues);
}

function queues(options: Options): Promise<void> {
  return runCommand(options, async (run) => {
    const { client } = await openSession(run);
    const { signal } = run;
    const found = await findQueues(client, {
      signal,
      limit: options.scan,
      onProgress: (text) => run.progress.show(text),
    });
    const workers = await countWorkers(client, found.queues, signal);
    const lines: Results["queues"]["queues"] = [];
    for (const [at, queue] of found.queues.entries()) {
      const seen = workers[at];
      const counts = await readCounts(client, queue, signal);
      lines.push({ ...queue, ...counts, ...(seen !== undefined && { workers: seen }) });
    }
    const result: Results["queues"] = { ...found, queues: lines };
    run.print(result, () => describe(result));
    return 0;
  });
}

function describe({ queues, looked, keys, complete }: Results["queues"]): string {
  const rows = queues.map(({ prefix, name, library, counts, paused, workers, oldestWaitingMs }) => [
    name,
    prefix,
    counts.waiting,
    counts.prioritized,
    counts.delayed,
    counts["waiting-children"],
    counts.active,
    counts.completed,
    counts.failed,
    oldestWaitingMs === undefined ? undefined : formatDuration(oldestWaitingMs),
    workers,
    [paused && "paused", library === "bull" && "Bull, not BullMQ"].filter(Boolean).join(", "),
  ]);
  const head =
    "queue prefix waiting prioritized delayed children active completed failed oldest workers".split(" ");
  const table = queues.length === 0 ? "No queue.\n" : textTable([...head, ""], rows);
  return complete
    ? table
    : `${table}Looked at ${looked} of ${keys} keys: there may be more queues. --scan looks further.\n`;
}

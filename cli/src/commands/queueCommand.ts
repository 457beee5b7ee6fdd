import type { Command } from "commander";
import type { FoundQueue } from "../queues/discover";
import type { Session } from "../queues/session";
import { existingQueue, openSession } from "../queues/session";
import type { RunOptions } from "../run";
import { runCommand } from "../run";

export interface QueueOptions extends RunOptions {
  prefix?: string;
}

/** A command on one queue, with `--prefix`. */
export function queueCommand(queue: Command, name: string, description: string): Command {
  return queue
    .command(`${name}`)
    .description(description)
    .argument("<name>", "the queue")
    .option("--prefix <prefix>", "its prefix; default the one of the outputs, else bull")
    .configureHelp({ commandUsage: (command) => `redis-topology queue NAME ${command.name()} [options]` });
}

/** Runs a command on a queue that must be there. */
export function onQueue(
  name: string,
  options: QueueOptions,
  work: (session: Session, queue: FoundQueue) => Promise<number | undefined>,
): Promise<void> {
  return runCommand(options, async (run) => {
    const session = await openSession(run);
    return work(session, await existingQueue(session, name, options.prefix));
  });
}

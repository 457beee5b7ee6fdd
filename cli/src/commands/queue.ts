import type { Command } from "commander";
import { addQueueReads } from "./queueRead";
import { addQueueWrites } from "./queueWrite";

/** Adds `queue NAME …`: one queue, what is in it and what can be done about it. */
export function addQueue(program: Command): void {
  const queue = program
    .command("queue")
    .description("look into one queue, and act on it: `queue NAME stats`, `queue NAME failures`, …")
    .usage("NAME COMMAND [options]")
    .addHelpText(
      "after",
      "\nExamples:\n  redis-topology queue mail failures -s prod\n  redis-topology queue mail retry --error 1a2b3c4d -s prod\n  redis-topology queue mail clean --state completed --older-than 7d --dry-run -s prod\n\n`redis-topology queue NAME COMMAND --help` says more about each.",
    );
  addQueueReads(queue);
  addQueueWrites(queue);
}

/**
 * The command line as commander reads it: the name of a queue stands before the command for a person and after it for
 * commander. `queue NAME` alone is `queue NAME stats`.
 */
export function queueNameLast(argv: readonly string[], program: Command): string[] {
  const [node = "", script = "", first, name, action, ...rest] = argv;
  const actions = program.commands.find((command) => command.name() === "queue")?.commands ?? [];
  const isAction = (word: string | undefined) => actions.some((command) => command.name() === word);
  if (first !== "queue" || name === undefined || name.startsWith("-") || name === "help") return [...argv];
  if (isAction(action)) return [node, script, first, action as string, name, ...rest];
  if (isAction(name)) return [...argv];
  // Commander says what is wrong with the command, and what was meant.
  if (action !== undefined && !action.startsWith("-")) return [node, script, first, action, name, ...rest];
  return [node, script, first, "stats", name, ...argv.slice(4)];
}

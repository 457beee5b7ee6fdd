import type { Command } from "commander";
import { Option } from "commander";
import type { ConfirmOptions } from "../confirm";
import { confirm } from "../confirm";
import { parseCount, parseDuration } from "../duration";
import { UserError } from "../errors";
import type { Cleanable } from "../queues/clean";
import { CLEANABLE, cleanJobs } from "../queues/clean";
import { readCounts } from "../queues/counts";
import { activeJobs, countTies, obliterateQueue } from "../queues/destroy";
import { promoteJobs } from "../queues/promote";
import type { Results } from "../queues/results";
import type { Outcome } from "../queues/retry";
import { newOutcome, retryJobs, selected } from "../queues/retry";
import { openSession, queueId, within, writable } from "../queues/session";
import * as texts from "../queues/texts";
import { QueueTrial } from "../queues/trial";
import type { Run } from "../run";
import { addRunOptions, runCommand } from "../run";
import { counted } from "../textTable";
import type { QueueOptions } from "./queueCommand";
import { onQueue, queueCommand } from "./queueCommand";

type DestroyOptions = QueueOptions & ConfirmOptions;
type RetryOptions = QueueOptions & { all?: boolean; error?: string; since?: number; dryRun?: boolean };
type CleanOptions = DestroyOptions & { state: Cleanable; olderThan: number; keep: number };

/** Adds the commands that change something; each through BullMQ. */
export function addQueueWrites(queue: Command): void {
  const again = queueCommand(queue, "retry", "run failed jobs again: some, one kind of error, or all")
    .argument("[id...]", "these jobs")
    .option("--error <id>", "those of one group of `failures`")
    .option("--all", "all that failed")
    .option("--since <time>", "of these, only jobs that failed within this time", parseDuration)
    .option("--dry-run", "only count them")
    .addHelpText("after", "\nExample:\n  redis-topology queue mail retry --error 1a2b3c4d --since 2h");
  addRunOptions(again).action(retry);
  const now = queueCommand(queue, "promote", "run delayed jobs now")
    .argument("[id...]", "these jobs")
    .option("--all", "all that are delayed, but the next run of each scheduler")
    .option("--dry-run", "only count them");
  addRunOptions(now).action(promote);
  const old = destroys(
    queueCommand(queue, "clean", "remove jobs of one state, the oldest first; flows that are not over stay"),
  )
    .addOption(new Option("--state <state>", "the state").choices(CLEANABLE).makeOptionMandatory())
    .option("--older-than <time>", "only jobs that ended, or else were added, longer ago", parseDuration, 0)
    .option("--keep <jobs>", "leave so many, the newest", parseCount(0), 0)
    .addHelpText(
      "after",
      "\nExample:\n  redis-topology queue mail clean --state completed --older-than 7d --keep 1000",
    );
  addRunOptions(old).action(clean);
  addRunOptions(queueCommand(queue, "pause", "let no worker take another job")).action(pause(true));
  addRunOptions(queueCommand(queue, "resume", "let the workers go on")).action(pause(false));
  const rest = destroys(queueCommand(queue, "drain", "remove all jobs that wait")).option(
    "--delayed",
    "those that are delayed too",
  );
  addRunOptions(rest).action(drain);
  const all = destroys(queueCommand(queue, "obliterate", "remove the queue with all its jobs")).option(
    "--force",
    "also while jobs are active",
  );
  addRunOptions(all).action(obliterate);
  const trial = queueCommand(
    queue,
    "test",
    "jobs of every kind through a queue and a worker of their own beside it; nothing is left",
  );
  addRunOptions(trial, 30).action(test);
}

function destroys(command: Command): Command {
  return command.option("--yes", "do not ask").option("--dry-run", "only say what would be removed");
}

function retry(name: string, ids: string[], options: RetryOptions): Promise<void> {
  const { all = false, error, since, dryRun = false } = options;
  if ([ids.length > 0, all, error !== undefined].filter(Boolean).length !== 1)
    throw new UserError("Say which jobs: their ids, or --error ID of `failures`, or --all; one of these.");
  return onQueue(name, options, async (session, found) => {
    const { client, run } = session;
    const queue = writable(session, found);
    const outcome = newOutcome();
    const selection = {
      ...(ids.length > 0 && { ids }),
      ...(error !== undefined && { error }),
      ...(since !== undefined && { since: Date.now() - since }),
    };
    for await (const batch of selected(client, found, selection, run.signal)) {
      if (dryRun) outcome.done += batch.length;
      else await retryJobs(session, queue, batch, outcome);
      run.progress.show(`${outcome.done} jobs retried, ${outcome.skipped} skipped`);
    }
    return finish(run, name, outcome, "retried", dryRun);
  });
}

function promote(
  name: string,
  ids: string[],
  options: QueueOptions & { all?: boolean; dryRun?: boolean },
): Promise<void> {
  const { all = false, dryRun = false } = options;
  if (ids.length > 0 === all) throw new UserError("Say which jobs: their ids, or --all.");
  return onQueue(name, options, async (session, found) => {
    const outcome = newOutcome();
    await promoteJobs(session, writable(session, found), found, all ? undefined : ids, dryRun, outcome);
    return finish(session.run, name, outcome, "promoted", dryRun);
  });
}

function clean(name: string, options: CleanOptions): Promise<void> {
  return onQueue(name, options, async (session, found) => {
    const queue = writable(session, found);
    const { state, keep, dryRun = false } = options;
    const rules = { state, keep, before: Date.now() - options.olderThan };
    const look = await cleanJobs(session, queue, found, { ...rules, dryRun: true });
    if (dryRun || look.done === 0) return finish(session.run, name, look, "removed", dryRun);
    session.run.progress.clear();
    const what = `remove ${counted(look.done, `${state} job`)} of ${name}`;
    await confirm(what, name, options, session.run.signal);
    return finish(
      session.run,
      name,
      await cleanJobs(session, queue, found, { ...rules, dryRun: false }),
      "removed",
      false,
    );
  });
}

function pause(paused: boolean) {
  return (name: string, options: QueueOptions) =>
    onQueue(name, options, async (session, found) => {
      const queue = writable(session, found);
      await within(session, paused ? queue.pause() : queue.resume());
      const { counts } = await readCounts(session.client, found, session.run.signal);
      const result: Results["paused"] = { queue: name, paused, waiting: counts.waiting + counts.prioritized };
      const active = paused ? ` ${counted(counts.active, "active job")} will still end.` : "";
      session.run.print(
        result,
        () =>
          `${name} ${paused ? "is paused" : "goes on"}, with ${counted(result.waiting, "job")} waiting.${active}\n`,
      );
      return 0;
    });
}

function drain(name: string, options: DestroyOptions & { delayed?: boolean }): Promise<void> {
  return onQueue(name, options, async (session, found) => {
    const { client, run } = session;
    const queue = writable(session, found);
    const { delayed = false, dryRun = false } = options;
    const states = ["waiting", "prioritized", ...(delayed ? (["delayed"] as const) : [])] as const;
    const before = await readCounts(client, found, run.signal);
    const jobs = states.reduce((sum, state) => sum + (before.counts[state] ?? 0), 0);
    const ties = await countTies(session, found, states);
    const result: Results["removed"] = { queue: name, dryRun, jobs, ties };
    if (!dryRun && jobs > 0) {
      await confirm(
        `remove ${counted(jobs, "job")} of ${name} that wait${texts.ties(ties)}`,
        name,
        options,
        run.signal,
      );
      await within(session, queue.drain(delayed));
    }
    run.print(
      result,
      () => `${counted(jobs, "job")} ${dryRun ? "would be removed" : "removed"}${texts.ties(ties)}.\n`,
    );
    return 0;
  });
}

function obliterate(name: string, options: DestroyOptions & { force?: boolean }): Promise<void> {
  return onQueue(name, options, async (session, found) => {
    const { client, run } = session;
    const queue = writable(session, found);
    const { force = false, dryRun = false } = options;
    const { counts } = await readCounts(client, found, run.signal);
    if (counts.active > 0 && !force) throw activeJobs(name, counts.active);
    const jobs = Object.values(counts).reduce((sum, one) => sum + one, 0);
    const ties = await countTies(session, found, [
      "waiting",
      "prioritized",
      "delayed",
      "waiting-children",
      "failed",
    ]);
    let result: Results["removed"] = { queue: name, dryRun, jobs, ties };
    if (!dryRun) {
      const what = `remove the queue ${name} with ${counted(jobs, "job")}${texts.ties(ties)}`;
      await confirm(what, name, options, run.signal);
      result = { ...result, keysLeft: await obliterateQueue(session, queue, found, force) };
    }
    const left = result.keysLeft
      ? ` ${counted(result.keysLeft, "key")} of it are left: \`redis-topology doctor\` names them.`
      : "";
    run.print(
      result,
      () =>
        `The queue ${name} with ${counted(jobs, "job")} ${dryRun ? "would be removed" : "is removed"}${texts.ties(ties)}.${left}\n`,
    );
    return 0;
  });
}

function test(name: string, options: QueueOptions): Promise<void> {
  return runCommand(options, async (run) => {
    const session = await openSession(run);
    const { bullmq } = session.reached;
    if (!bullmq)
      throw new UserError("The outputs hold no bullmq options. Bring the stack up with this version.");
    const { prefix } = queueId(session, name, options.prefix);
    const trial = new QueueTrial(name, bullmq, session.client, prefix);
    run.atEnd(() => trial.remove());
    const steps = await trial.run(run.signal, (step) => run.progress.show(`${step} …`));
    const ok = steps.every((step) => step.ok);
    run.print({ ok, steps } satisfies Results["test"], () => texts.test({ ok, steps }));
    return ok ? 0 : 1;
  });
}

function finish(run: Run, queue: string, outcome: Outcome, verb: string, dryRun: boolean): number {
  const result: Results["outcome"] = { queue, dryRun, ...outcome };
  run.print(result, () => texts.outcome(outcome, verb, dryRun));
  return 0;
}

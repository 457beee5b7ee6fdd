import type { Command } from "commander";
import { Option } from "commander";
import { formatDuration, parseCount, parseDuration } from "../duration";
import { countWorkers, readCounts } from "../queues/counts";
import { groupFailures } from "../queues/failures";
import { readJob } from "../queues/job";
import { listJobs } from "../queues/jobs";
import type { State } from "../queues/keys";
import { keyOf, STATES } from "../queues/keys";
import { numberOf, pipelined } from "../queues/pipeline";
import type { Results } from "../queues/results";
import { readSchedulers } from "../queues/schedulers";
import { noSuchJob, openQueue } from "../queues/session";
import * as texts from "../queues/texts";
import { addRunOptions } from "../run";
import type { QueueOptions } from "./queueCommand";
import { onQueue, queueCommand } from "./queueCommand";

interface JobsOptions extends QueueOptions {
  state?: State[];
  since?: number;
  search?: string;
  limit: number;
  scan: number;
}

const HOUR_MS = 3_600_000;

/** Adds the commands that only look. */
export function addQueueReads(queue: Command): void {
  addRunOptions(queueCommand(queue, "stats", "how the queue stands: jobs by state, workers, pace")).action(
    stats,
  );
  const list = queueCommand(queue, "jobs", "list jobs; says how far it looked")
    .addOption(new Option("--state <state...>", "only jobs in these states; default all").choices(STATES))
    .option("--since <time>", "only jobs that ended, or else were added, within this time", parseDuration)
    .option("--search <text>", "only jobs with this text in their id, name, data, error or result")
    .option("--limit <jobs>", "jobs to show at most", parseCount(1), 20)
    .option("--scan <jobs>", "jobs to look at in each state at most", parseCount(1), 10_000)
    .addHelpText(
      "after",
      "\nExample:\n  redis-topology queue mail jobs --state failed --since 2h --search acme",
    );
  addRunOptions(list).action(jobs);
  const one = queueCommand(queue, "job", "everything about one job").argument("<id>", "the job");
  addRunOptions(one).action(job);
  const errors = queueCommand(queue, "failures", "the failed jobs, grouped by error")
    .option("--since <time>", "only jobs that failed within this time", parseDuration)
    .addHelpText("after", "\nThe first column is what `retry --error` takes.");
  addRunOptions(errors).action(failures);
  addRunOptions(queueCommand(queue, "schedulers", "what adds jobs by itself")).action(schedulers);
}

function stats(name: string, options: QueueOptions): Promise<void> {
  return onQueue(name, options, async ({ client, run }, queue) => {
    const [workers] = await countWorkers(client, [queue], run.signal);
    const counts = await readCounts(client, queue, run.signal);
    const from = Date.now() - HOUR_MS;
    const [completed, failed, schedulers] = await pipelined(client, run.signal, (pipeline) => {
      pipeline.zcount(keyOf(queue, "completed"), from, "+inf");
      pipeline.zcount(keyOf(queue, "failed"), from, "+inf");
      pipeline.zcard(keyOf(queue, "repeat"));
    });
    const result: Results["stats"] = {
      ...queue,
      ...counts,
      ...(workers !== undefined && { workers }),
      schedulers: numberOf(schedulers),
      lastHour: { completed: numberOf(completed), failed: numberOf(failed) },
    };
    run.print(result, () => texts.stats(result));
    return 0;
  });
}

function jobs(name: string, options: JobsOptions): Promise<void> {
  return onQueue(name, options, async ({ client, run }, queue) => {
    const result: Results["jobs"] = await listJobs(client, queue, {
      states: options.state ?? STATES,
      ...(options.since !== undefined && { since: Date.now() - options.since }),
      ...(options.search !== undefined && { search: options.search }),
      limit: options.limit,
      scan: options.scan,
      signal: run.signal,
    });
    run.print(result, () => texts.jobs(result));
    return 0;
  });
}

function job(name: string, id: string, options: QueueOptions): Promise<void> {
  return onQueue(name, options, async (session, queue) => {
    const { client, run } = session;
    const result = await readJob(client, openQueue(session, queue), queue, id, run.signal);
    if (!result) throw noSuchJob(queue, id);
    run.print(result, () => texts.job(result));
    return 0;
  });
}

function failures(name: string, options: QueueOptions & { since?: number }): Promise<void> {
  return onQueue(name, options, async ({ client, run }, queue) => {
    const result: Results["failures"] = await groupFailures(client, queue, {
      signal: run.signal,
      ...(options.since !== undefined && { since: Date.now() - options.since }),
      onProgress: (count) => run.progress.show(`${count} failed jobs read`),
    });
    run.print(result, () => texts.failures(result, formatDuration));
    return 0;
  });
}

function schedulers(name: string, options: QueueOptions): Promise<void> {
  return onQueue(name, options, async ({ client, run }, queue) => {
    const result: Results["schedulers"] = {
      schedulers: await readSchedulers(client, queue, run.signal),
    };
    run.print(result, () => texts.schedulers(result));
    return 0;
  });
}

import { constants } from "node:os";

/** A BullMQ Worker, Queue, FlowProducer or QueueEvents, an ioredis client, or anything else with a `close`. */
export type Closeable = { close(): unknown } | { disconnect(): unknown };

/** Kubernetes kills after 30 s, `terminationGracePeriodSeconds`; some of that is for what the application does itself. */
const PATIENCE_MS = 25_000;

/** npm passes a Ctrl-C on to a process that has had it from the terminal already; nobody presses twice so fast. */
const SAME_KEYSTROKE_MS = 500;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Ends the process gracefully on SIGTERM or SIGINT: workers finish the jobs they have, then everything else is closed,
 * then the process ends when nothing else is left to do. After 25 seconds it ends all the same, and another worker takes
 * the unfinished jobs once their locks have ended; Docker waits 10 seconds unless `stop_grace_period` says more.
 * A second signal ends it at once.
 */
export function shutdownOnSignal(...closeables: readonly Closeable[]): void {
  let asked: number | undefined;
  const shutDown = async (signal: (typeof SIGNALS)[number]) => {
    if (asked !== undefined) {
      if (Date.now() - asked > SAME_KEYSTROKE_MS) process.exit(128 + constants.signals[signal]);
      return;
    }
    asked = Date.now();
    const problems = await closeAll(closeables, PATIENCE_MS);
    for (const problem of problems) console.error(`shutdown: ${problem}`);
    if (problems.length > 0) process.exit(1);
    // Unless the application holds it, the process has ended before.
    setTimeout(() => process.exit(), asked + PATIENCE_MS - Date.now()).unref();
  };
  for (const signal of SIGNALS) process.on(signal, () => void shutDown(signal));
}

/** Closes what takes jobs, then the rest, whatever fails; says what did not close within `patience` milliseconds. */
export async function closeAll(closeables: readonly Closeable[], patience: number): Promise<string[]> {
  const problems: string[] = [];
  const closeOne = async (one: Closeable) => {
    try {
      await ("close" in one ? one.close() : one.disconnect());
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      // A driver that cannot say goodbye goes on connecting, and the process never ends.
      if ("disconnect" in one) Promise.resolve(one.disconnect()).catch(() => undefined);
    }
  };
  const takers = closeables.filter(takesJobs);
  const others = closeables.filter((one) => !takesJobs(one));
  const closed = (async () => {
    await Promise.all(takers.map(closeOne));
    await Promise.all(others.map(closeOne));
  })();
  const late = new Promise<"late">((resolve) => {
    setTimeout(() => resolve("late"), patience).unref();
  });
  if ((await Promise.race([closed, late])) === "late")
    problems.push(`not closed within ${patience} ms; a job takes longer, or Redis is away`);
  return problems;
}

/** BullMQ's Worker and QueueEvents have a `run`, its Queue and FlowProducer none. */
function takesJobs(one: Closeable): boolean {
  return "run" in one;
}

import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { parseInfo } from "redis-topology/redis";
import type { MeasureOptions } from "../bench/measure";
import { measure } from "../bench/measure";
import { CacheLoad, QueueLoad } from "../bench/operations";
import type { BenchResult, Measurement } from "../bench/result";
import { underLoad } from "../bench/split";
import { benchText } from "../bench/text";
import { until } from "../deadline";
import { parseCount } from "../duration";
import { UserError } from "../errors";
import { chooseRoles } from "../outputs";
import { OwnQueue } from "../queues/ownQueue";
import { nodesOf } from "../queues/pipeline";
import type { Session } from "../queues/session";
import { openSession } from "../queues/session";
import type { Client } from "../redisClient";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { formatBytes } from "../textTable";

/** Bytes that the measurements may take for some seconds: 22 jobs a sample of a kilobyte each, and the keys. */
function neededFor(samples: number): number {
  return 1024 * 22 * samples + 8 * 1024 * 1024;
}

interface Options extends RunOptions {
  samples: number;
  inFlight: number;
  split?: boolean;
}

/** Adds `bench`: what the servers give from here. */
export function addBench(program: Command): void {
  const command = program
    .command("bench")
    .description("latency and pace from here: PING, SET and GET, jobs added, read and run; nothing is left")
    .option("--samples <count>", "how often each is measured", parseCount(10), 500)
    .option("--in-flight <count>", "how many at once where the pace is measured", parseCount(1), 50)
    .option("--split", "only compare one server for both roles with the pair, under the same load")
    .addHelpText(
      "after",
      "\nIt loads the servers as fast as they answer, for some seconds: not at the busiest hour.\n\nExample:\n  redis-topology bench -s stage --split",
    );
  addRunOptions(command).action(bench);
}

function bench(options: Options): Promise<void> {
  return runCommand(options, async (run) => {
    const { samples, inFlight } = options;
    const how = { samples, inFlight, signal: run.signal };
    const result: BenchResult = { inFlight, roles: [] };
    if (options.split) result.split = await split(run, how);
    else {
      for (const role of chooseRoles(run.outputs, options.role)) {
        const session = await openSession(run, role);
        const measurements = await plain(session, how);
        if (role === "queue") measurements.push(...(await jobs(session, how)));
        result.roles.push({ role, measurements });
      }
    }
    run.print(result, () => benchText(result));
    return 0;
  });
}

async function plain(session: Session, how: MeasureOptions): Promise<Measurement[]> {
  return measureAll(session.run, cacheLoad(session).operations(), how);
}

async function jobs(session: Session, how: MeasureOptions): Promise<Measurement[]> {
  const own = await ownQueue(session, how);
  const { paused, running } = await new QueueLoad(own).operations();
  await until(how.signal, own.queue.pause());
  // A hundred jobs a sample: a tenth of the samples tells as much.
  const few = { ...how, samples: Math.ceil(how.samples / 10) };
  const results: Measurement[] = [];
  for (const operation of paused)
    results.push(await own.within(measureOne(session.run, operation, operation.counts ? few : how)));
  await until(how.signal, own.queue.drain());
  await until(how.signal, own.queue.resume());
  results.push(...(await own.within(measureAll(session.run, running, how))));
  return results;
}

/** The cache's load goes to the queue's server first, then to the cache's; the jobs' to the queue's both times. */
async function split(run: Run, how: MeasureOptions): Promise<NonNullable<BenchResult["split"]>> {
  const { cache, queue } = run.outputs;
  if (!cache || !queue)
    throw new UserError(
      `--split compares one server with the pair, and the outputs hold no ${cache ? "queue" : "cache"}. Run it on a stack with both.`,
    );
  const queueSession = await openSession(run, "queue");
  const cacheSession = await openSession(run, "cache");
  // A connection of its own, as another application has.
  const neighbour = await openSession(run, "queue");
  const own = await ownQueue(queueSession, how);
  const load = new QueueLoad(own);
  run.progress.show("one server for both …");
  const shared = await own.within(underLoad(load, cacheLoad(neighbour), how));
  run.progress.show("the pair …");
  return { shared, pair: await own.within(underLoad(load, cacheLoad(cacheSession), how)) };
}

function cacheLoad({ client, run }: Session): CacheLoad {
  const load = new CacheLoad(client);
  run.atEnd(() => load.remove().catch(() => undefined));
  return load;
}

async function ownQueue({ client, reached, run }: Session, how: MeasureOptions): Promise<OwnQueue> {
  await refuseFull(client, run, neededFor(how.samples));
  const { bullmq } = reached;
  if (!bullmq)
    throw new UserError("The outputs hold no bullmq options. Bring the stack up with this version.");
  const own = new OwnQueue({
    name: `redis-topology-bench-${randomUUID()}`,
    prefix: bullmq.prefix ?? "bull",
    bullmq,
    client,
    process: async () => undefined,
    concurrency: how.inFlight,
  });
  run.atEnd(() => own.remove());
  await until(run.signal, own.ready());
  return own;
}

/** A server that this filled would refuse the jobs of everybody. */
async function refuseFull(client: Client, run: Run, needed: number): Promise<void> {
  for (const node of nodesOf(client)) {
    const { maxmemory, used_memory } = parseInfo(await until(run.signal, node.info("memory")));
    const left = Number(maxmemory ?? 0) - Number(used_memory ?? 0);
    if (Number(maxmemory) > 0 && left < needed) {
      throw new UserError(
        `The queue's server has ${formatBytes(Math.max(0, left))} left of its limit, and this takes up to ${formatBytes(needed)} for some seconds. Make room first: \`redis-topology memory --role queue\` says how.`,
      );
    }
  }
}

async function measureAll(
  run: Run,
  operations: readonly Parameters<typeof measure>[0][],
  how: MeasureOptions,
): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const operation of operations) results.push(await measureOne(run, operation, how));
  return results;
}

function measureOne(run: Run, operation: Parameters<typeof measure>[0], how: MeasureOptions) {
  run.progress.show(`${operation.what} …`);
  return measure(operation, how);
}

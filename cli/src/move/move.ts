import type { Redis } from "ioredis";
import type { Role as RoleType } from "redis-topology/redis";
import { parseInfo, Role } from "redis-topology/redis";
import { inCluster } from "../checks/facts";
import { until } from "../deadline";
import { UserError } from "../errors";
import { countWorkers } from "../queues/counts";
import { findQueues } from "../queues/discover";
import { connect, targetOf } from "../redisClient";
import type { Run } from "../run";
import { counted } from "../textTable";
import { urlOutputs } from "../urlOutputs";
import type { Difference } from "./compare";
import { differences } from "./compare";
import { copyKeys } from "./copy";
import { batches, shownKey } from "./keys";
import type { MoveResult } from "./result";
import type { Destination, KeyBytes } from "./route";
import { routing } from "./route";

export interface MoveOptions {
  /** Where the data is now. Its password may be in REDISCLI_AUTH. */
  readonly from: string;
  /** Only keys of this role; the others stay at the source alone. */
  readonly only?: RoleType;
  readonly merge?: boolean;
  readonly dryRun?: boolean;
}

/** Differences that are told at most. */
const MOST_TOLD = 100;

type Targets = Partial<Record<RoleType, Redis>>;

/** What is moved, and what every step of it works with. */
interface Source {
  readonly run: Run;
  readonly client: Redis;
  readonly route: (key: KeyBytes) => Destination;
  /** Whether a key is moved at all. */
  readonly chosen: (key: KeyBytes) => boolean;
}

/** Copies a server's keys into the topology and compares every one. Never writes to the source. */
export async function move(run: Run, options: MoveOptions): Promise<MoveResult> {
  const client = await openSource(run, options.from);
  const { queues } = await findQueues(client, { signal: run.signal, limit: Number.POSITIVE_INFINITY });
  await refuseWorkers(client, queues, run.signal);
  const route = routing(queues);
  const chosen = (key: KeyBytes) => options.only === undefined || route(key).role === options.only;
  const source: Source = { run, client, route, chosen };
  const plan = await planOf(source);
  const targets = await openTargets(run, plan, options.merge ?? false);
  if (options.merge) await refuseCollisions(source, targets);
  if (options.dryRun) return { dryRun: true, plan, compared: 0, differences: [] };

  const total = plan.reduce((sum, { keys }) => sum + keys, 0);
  const from = Date.now();
  const copied = { keys: 0, bytes: 0 };
  await eachRole(source, async (role, keys) => {
    const batch = await copyKeys(client, targetFor(targets, role), keys, run.signal);
    copied.keys += batch.keys;
    copied.bytes += batch.bytes;
    run.progress.show(`copied ${copied.keys} of ${total} keys`);
  });
  const seconds = (Date.now() - from) / 1000;
  const compared = await compareAll(source, targets);
  return { dryRun: false, plan, copied: { ...copied, seconds }, ...compared };
}

async function openSource(run: Run, url: string): Promise<Redis> {
  const { queue } = urlOutputs(url, Role.Queue, process.env, "--from");
  if (!queue) throw new Error("A URL gives a queue.");
  const client = await connect(targetOf(queue), run.signal);
  run.atEnd(() => client.disconnect());
  if (await inCluster(client, run.signal)) throw clustered("source");
  return client;
}

/** A worker changes what is being copied. */
async function refuseWorkers(
  source: Redis,
  queues: Awaited<ReturnType<typeof findQueues>>["queues"],
  signal: AbortSignal,
): Promise<void> {
  const workers = await countWorkers(source, queues, signal);
  const busy = queues.flatMap(({ name }, at) => (workers[at] ? [`${name} (${workers[at]})`] : []));
  if (busy.length === 0) return;
  throw new UserError(
    `Workers are connected to the source: ${busy.join(", ")}. They change what is copied. Stop them and whatever adds jobs, then run this again.`,
  );
}

/** How many keys go where, queue by queue. */
async function planOf({ run, client, route, chosen }: Source): Promise<MoveResult["plan"]> {
  const counts = new Map<string, MoveResult["plan"][number]>();
  let looked = 0;
  for await (const keys of batches(client, run.signal)) {
    for (const key of new Set(keys.filter(chosen))) {
      const { role, queue } = route(key);
      const name = queue && `${queue.prefix}:${queue.name}`;
      const entry = counts.get(name ?? "") ?? { role, ...(name !== undefined && { queue: name }), keys: 0 };
      counts.set(name ?? "", { ...entry, keys: entry.keys + 1 });
    }
    looked += keys.length;
    run.progress.show(`looked at ${looked} keys`);
  }
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

async function openTargets(run: Run, plan: MoveResult["plan"], merge: boolean): Promise<Targets> {
  const targets: Targets = {};
  for (const role of new Set(plan.map((entry) => entry.role))) {
    const keys = plan.filter((entry) => entry.role === role).reduce((sum, entry) => sum + entry.keys, 0);
    if (!run.outputs[role]) {
      throw new UserError(
        `${counted(keys, "key")} of the source would go to a ${role}, and the outputs hold none. Add \`${role}: {}\` to the stack file and bring the stack up, or leave these keys where they are with \`--only ${role === "cache" ? "queue" : "cache"}\`.`,
      );
    }
    const client = await (await run.reach(role)).connect();
    if (await inCluster(client, run.signal)) throw clustered("target");
    if (role === Role.Queue) await refuseEviction(client, run.signal);
    const there = await until(run.signal, client.dbsize());
    if (there > 0 && !merge) {
      throw new UserError(
        `The target's ${role} holds ${counted(there, "key")}. Move into an empty one; or add --merge to go on where a move was cut short, or to keep what is there: a key that differs is refused.`,
      );
    }
    targets[role] = client;
  }
  return targets;
}

async function refuseEviction(client: Redis, signal: AbortSignal): Promise<void> {
  const { maxmemory, maxmemory_policy: policy } = parseInfo(await until(signal, client.info("memory")));
  if (policy === undefined || policy === "noeviction" || maxmemory === "0") return;
  throw new UserError(
    `The target's queue evicts (maxmemory-policy "${policy}") and would lose jobs. Allowed: noeviction. Set it, then run this again.`,
  );
}

async function refuseCollisions(source: Source, targets: Targets): Promise<void> {
  const { differences: all } = await compareAll(source, targets);
  const collisions = all.filter(({ what }) => what !== "missing");
  if (collisions.length === 0) return;
  const names = collisions.slice(0, 5).map(({ key, what }) => `${key} (${what})`);
  throw new UserError(
    `The target holds keys of the source that differ: ${names.join(", ")}${collisions.length > 5 ? ", …" : ""}. Nothing was written. Delete them at the target, or move into an empty one.`,
  );
}

async function compareAll(
  source: Source,
  targets: Targets,
): Promise<Pick<MoveResult, "compared" | "differences">> {
  const found: (Difference & { role: RoleType })[] = [];
  const { run, client } = source;
  let compared = 0;
  await eachRole(source, async (role, keys) => {
    const batch = await differences(client, targetFor(targets, role), keys, run.signal);
    compared += keys.length;
    run.progress.show(`compared ${compared} keys`);
    if (found.length < MOST_TOLD) found.push(...batch.map((one) => ({ ...one, role })));
  });
  // A cache that is smaller than what came in has evicted: that is what it is for.
  const told = found.filter(({ role, what }) => role !== Role.Cache || what !== "missing");
  return {
    compared,
    differences: told.slice(0, MOST_TOLD).map(({ key, what }) => ({ key: shownKey(key), what })),
  };
}

async function eachRole(
  { run, client, route, chosen }: Source,
  work: (role: RoleType, keys: KeyBytes[]) => Promise<void>,
): Promise<void> {
  for await (const batch of batches(client, run.signal)) {
    const keys = [...new Set(batch)].filter(chosen);
    for (const role of new Set(keys.map((key) => route(key).role))) {
      await work(
        role,
        keys.filter((key) => route(key).role === role),
      );
    }
  }
}

function targetFor(targets: Targets, role: RoleType): Redis {
  const target = targets[role];
  // A key that came after the plan was made.
  if (!target) throw new UserError(`The source got keys for the ${role} meanwhile: stop what writes to it.`);
  return target;
}

function clustered(which: string): UserError {
  return new UserError(`The ${which} is in cluster mode, which this command does not copy.`);
}

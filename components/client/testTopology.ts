import type { BullmqArgs } from "../redis/bullmq";
import { bullmqProblems } from "../redis/bullmq";
import { environment } from "../redis/connection";
import { envPrefixProblems } from "../redis/envPrefix";
import type { Problem } from "../redis/problems";
import { describeAll } from "../redis/problems";
import { EvictionPolicy, QUEUE_POLICY, Role, roleDirectives } from "../redis/roles";
import { parseSize, SIZE_FORMS, SizeError } from "../redis/size";
import type { EnvironmentNames } from "./environment";

const DEFAULT_MAX_MEMORY = "64mb";

export interface TestTopologyOptions {
  /** Data budget of each server, as `maxMemory` of a stack: `64mb`, the default. */
  readonly maxMemory?: string;
  /** Overrides of BullMQ's options, as `queue.bullmq` of a stack. Default none. */
  readonly bullmq?: BullmqArgs;
  /** As `cache.envPrefix` of a stack. */
  readonly cache?: EnvironmentNames;
  /** As `queue.envPrefix` of a stack. */
  readonly queue?: EnvironmentNames;
}

/** A cache and a queue for tests. */
export interface TestTopology {
  /** What a stack's `env` has: for `queueOptions(env)`, or `Object.assign(process.env, env)`. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends both servers and removes their data. */
  close(): Promise<void>;
}

/**
 * Starts a cache and a queue for an application's tests, each on a free port in a temporary folder, with the policies and
 * the persistence they have everywhere. Needs a `redis-server` or `valkey-server` on PATH and nothing else; takes
 * about 0.1 s. They end with the process, whether it closes them or is killed. Throws with what to install.
 */
export async function testTopology(options: TestTopologyOptions = {}): Promise<TestTopology> {
  const maxMemory = checked(options);
  // Only here: what starts servers would load packages that an application has no need of.
  const { findBinary } = await import("../backends/process/server/binary");
  const { startTemporary } = await import("../backends/process/server/temporary");
  const binary = await findBinary(undefined, undefined);
  const starts = await Promise.allSettled([
    startTemporary(binary, roleDirectives(Role.Cache, maxMemory, EvictionPolicy.AllkeysLru)),
    startTemporary(binary, roleDirectives(Role.Queue, maxMemory, QUEUE_POLICY)),
  ]);
  const servers = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const [cache, queue] = servers;
  if (cache === undefined || queue === undefined) {
    await close();
    throw starts.find((start) => start.status === "rejected")?.reason;
  }
  const { bullmq } = options;
  const prefix = bullmq?.prefix;
  const forCache = { ...cache.connection, ...options.cache };
  const forQueue = { ...queue.connection, ...options.queue, ...(prefix !== undefined && { prefix }) };
  return { env: environment(forCache, forQueue, bullmq), close };
}

/** The servers' `maxmemory`. Throws one error with every problem. */
function checked({
  maxMemory = DEFAULT_MAX_MEMORY,
  bullmq,
  cache = {},
  queue = {},
}: TestTopologyOptions): number {
  const problems: Problem[] = [];
  const bytes = sizeOf(maxMemory, problems);
  problems.push(...envPrefixProblems({ cache, queue }), ...bullmqProblems(bullmq));
  if (problems.length > 0) throw new Error(describeAll("The test topology cannot be started", problems));
  return bytes;
}

function sizeOf(maxMemory: string, problems: Problem[]): number {
  try {
    return parseSize(maxMemory);
  } catch (error) {
    if (!(error instanceof SizeError)) throw error;
    const fix = `Correct it, or remove it for ${DEFAULT_MAX_MEMORY}.`;
    problems.push({ key: "maxMemory", was: error.message, allowed: SIZE_FORMS, fix });
    return 0;
  }
}

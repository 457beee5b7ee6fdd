import { memoryFloor } from "../components/redis/memory";
import { Role } from "../components/redis/roles";
import { parseSize } from "../components/redis/size";
import { bigJobs, bigValues, type Data, fill, overwrite, smallJobs, smallValues } from "./redis/load";
import { MeasuredServer } from "./redis/server";
import { mebibytes, table, times } from "./table";

const SIZE = parseSize("128mb");
/** The fixed part of the derived limit weighs less the larger the server. */
const LARGE = parseSize("512mb");
/** A queue is filled to just below the point where it refuses writes, so that every job can still be written again. */
const QUEUE_FILL = 0.95;
/** How long a full cache is written to, evicting all the while. */
const CACHE_SECONDS = 5;
/** Jobs a second that change while the queue is saved. */
const BUSY = 1000;
/** As many as Redis can write; more than any application's. */
const FLAT_OUT = Number.POSITIVE_INFINITY;

const FORKS = {
  "AOF rewrite": ["BGREWRITEAOF", "aof_rewrite_in_progress"],
  "RDB snapshot": ["BGSAVE", "rdb_bgsave_in_progress"],
} as const;

/** The most memory each role's server uses, with its forks, against the limit that is derived from its maxmemory. */
export async function memory(): Promise<string> {
  const rows = [
    await cacheRow(smallValues),
    await cacheRow(bigValues),
    await queueRow(SIZE, smallJobs, "AOF rewrite", BUSY),
    await queueRow(SIZE, smallJobs, "RDB snapshot", BUSY),
    await queueRow(SIZE, smallJobs, "AOF rewrite", FLAT_OUT),
    await queueRow(SIZE, smallJobs, "RDB snapshot", FLAT_OUT),
    await queueRow(SIZE, bigJobs, "AOF rewrite", FLAT_OUT),
    await queueRow(SIZE, bigJobs, "RDB snapshot", FLAT_OUT),
    await queueRow(LARGE, smallJobs, "AOF rewrite", FLAT_OUT),
  ];
  const columns = ["maxmemory", "peak", "derived limit", "peak ÷ limit", "peak ÷ maxmemory"];
  return [
    "Real servers, filled; the peak is the server's and its fork's together, shared pages counted once.",
    "",
    table(["role, data, meanwhile", ...columns], rows),
  ].join("\n");
}

async function cacheRow(data: Data): Promise<string[]> {
  const server = await MeasuredServer.start(Role.Cache, SIZE);
  try {
    const count = await fill(server, data, QUEUE_FILL);
    const end = Date.now() + CACHE_SECONDS * 1000;
    const speed = await overwrite(server, data, 2 * count, FLAT_OUT, async () => Date.now() > end);
    return row(Role.Cache, SIZE, `${data.name}, evicting, ${speed.toFixed(0)} writes/s`, server.peakBytes);
  } finally {
    await server.stop();
  }
}

async function queueRow(
  maxMemory: number,
  data: Data,
  fork: keyof typeof FORKS,
  pace: number,
): Promise<string[]> {
  const server = await MeasuredServer.start(Role.Queue, maxMemory);
  try {
    const [command, inProgress] = FORKS[fork];
    const count = await fill(server, data, QUEUE_FILL);
    await idle(server);
    await server.redis.call(command);
    const speed = await overwrite(
      server,
      data,
      count,
      pace,
      async () => (await server.info(inProgress)) === 0,
    );
    return row(
      Role.Queue,
      maxMemory,
      `${data.name}, ${fork}, ${speed.toFixed(0)} jobs/s rewritten`,
      server.peakBytes,
    );
  } finally {
    await server.stop();
  }
}

/** Waits for what the filling has set off by itself. */
async function idle(server: MeasuredServer): Promise<void> {
  for (const [, inProgress] of Object.values(FORKS)) {
    while ((await server.info(inProgress)) !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function row(role: Role, maxMemory: number, what: string, peak: number): string[] {
  const limit = memoryFloor(role, maxMemory);
  const sizes = [maxMemory, peak, limit].map(mebibytes);
  return [`${role}, ${what}`, ...sizes, times(peak / limit), times(peak / maxMemory)];
}

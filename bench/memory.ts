import { memoryFloor } from "../components/redis/memory";
import { Role } from "../components/redis/roles";
import { parseSize } from "../components/redis/size";
import type { Data } from "./redis/load";
import { bigJobs, bigValues, fill, overwrite, smallJobs, smallValues } from "./redis/load";
import { MeasuredServer } from "./redis/server";
import { SlowDisk } from "./redis/slowDisk";
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

/** Of the throttled disk: a burstable cloud volume that has used up its credit. */
const SLOW_BYTES_PER_SECOND = 8_000_000;
/** How long a fork is made to last by Redis' own testing directive, so that every page can be written meanwhile. */
const SLOW_FORK_SECONDS = 20;

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
    await queueRow(SIZE, smallJobs, "AOF rewrite", FLAT_OUT, slowFork),
    await queueRow(SIZE, smallJobs, "RDB snapshot", FLAT_OUT, slowFork),
    await queueRow(SIZE, bigJobs, "AOF rewrite", FLAT_OUT, slowFork),
    ...(await slowDiskRows()),
  ];
  const missing = SlowDisk.missing();
  const columns = ["maxmemory", "peak", "derived limit", "peak ÷ limit", "peak ÷ maxmemory"];
  return [
    "Real servers, filled; the peak is the server's and its fork's together, shared pages counted once.",
    "",
    table(["role, data, meanwhile", ...columns], rows),
    "",
    "A peak above the limit is possible only where jobs are written faster than 64 MiB/s to a disk that cannot keep up (ADR 0049).",
    ...(missing === undefined ? [] : ["", `The throttled disk was not measured: it needs ${missing}.`]),
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

/** What makes the fork last, from the moment when the queue is full. */
interface Slowness {
  readonly name: string;
  readonly folder?: string;
  begin(server: MeasuredServer, count: number): Promise<void>;
}

const none: Slowness = { name: "", begin: async () => {} };

const slowFork: Slowness = {
  name: ` of ${SLOW_FORK_SECONDS} s`,
  begin: async (server, count) => {
    const microseconds = Math.ceil((SLOW_FORK_SECONDS * 1e6) / count);
    await server.redis.config("SET", "rdb-key-save-delay", microseconds);
  },
};

async function slowDiskRows(): Promise<string[][]> {
  if (SlowDisk.missing() !== undefined) return [];
  const disk = SlowDisk.mount();
  const slowness: Slowness = {
    name: `, disk of ${SLOW_BYTES_PER_SECOND / 1e6} MB/s`,
    folder: disk.folder,
    begin: async () => disk.throttle(SLOW_BYTES_PER_SECOND),
  };
  try {
    const rows: string[][] = [];
    for (const [size, data] of [
      [SIZE, smallJobs],
      [SIZE, bigJobs],
      [2 * SIZE, smallJobs],
    ] as const) {
      rows.push(await queueRow(size, data, "AOF rewrite", FLAT_OUT, slowness));
      disk.throttle(0);
    }
    return rows;
  } finally {
    disk.unmount();
  }
}

async function queueRow(
  maxMemory: number,
  data: Data,
  fork: keyof typeof FORKS,
  pace: number,
  slowness: Slowness = none,
): Promise<string[]> {
  const server = await MeasuredServer.start(Role.Queue, maxMemory, slowness.folder);
  try {
    const [command, inProgress] = FORKS[fork];
    const count = await fill(server, data, QUEUE_FILL);
    await idle(server);
    await slowness.begin(server, count);
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
      `${data.name}, ${fork}${slowness.name}, ${speed.toFixed(0)} jobs/s rewritten`,
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

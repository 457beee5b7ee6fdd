import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Queue } from "bullmq";
import { parseSize, Role } from "redis-topology/redis";
import { MeasuredServer } from "./redis/server";
import { mebibytes, seconds, table } from "./table";

const ROOM = parseSize("4gb");
const SIZES = [10_000, 100_000, 500_000];
const BATCH = 1000;

const COMMANDS = [
  ["queues"],
  ["queue", "bench", "failures"],
  ["queue", "bench", "jobs", "--state", "failed", "--search", "nowhere", "--scan", "1000000"],
  ["memory", "--rate", "1000000"],
  ["doctor"],
];

/** Time and peak memory of the commands on queues, for as many failed jobs as there may be: the memory stays. */
export async function commands(): Promise<string> {
  const rows = COMMANDS.map((args) => [args.slice(0, 3).join(" ")]);
  for (const jobs of SIZES) {
    const server = await MeasuredServer.start(Role.Queue, ROOM);
    try {
      await failedJobs(server, jobs);
      COMMANDS.forEach((args, at) => {
        const { wall, cpuSeconds, peakKib } = run(args, server.redis.options.port ?? 0);
        rows[at]?.push(seconds(wall), seconds(cpuSeconds), mebibytes(peakKib * 1024));
      });
    } finally {
      await server.stop();
    }
  }
  const head = SIZES.flatMap((jobs) => [`${jobs} jobs`, "processor", "peak"]);
  return table(["command", ...head], rows);
}

/** As BullMQ leaves them, in three kinds of error. */
async function failedJobs({ redis }: MeasuredServer, jobs: number): Promise<void> {
  const queue = new Queue("bench", { connection: { port: redis.options.port } });
  await queue.waitUntilReady();
  for (let from = 0; from < jobs; from += BATCH) {
    const pipeline = redis.pipeline();
    for (let at = from; at < from + BATCH; at++) {
      const error = [`connect ECONNREFUSED 10.0.0.${at % 250}`, `timeout of ${at} ms`, `no user ${at}`][
        at % 3
      ];
      pipeline.hset(`bull:bench:${at}`, {
        name: "send",
        data: JSON.stringify({ to: `user${at}@example.com`, body: "x".repeat(200) }),
        opts: '{"attempts":3}',
        timestamp: 1_700_000_000_000,
        finishedOn: 1_700_000_000_100,
        atm: 3,
        failedReason: error,
        stacktrace: JSON.stringify([`Error: ${error}\n    at ${"y".repeat(300)}`]),
      });
      pipeline.zadd("bull:bench:failed", 1_700_000_000_100 + at, String(at));
    }
    await pipeline.exec();
  }
  await queue.close();
}

function run(args: readonly string[], port: number) {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-bench-"));
  const file = path.join(folder, "usage.json");
  try {
    const from = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        "--require",
        path.join(__dirname, "usage.cjs"),
        path.join(__dirname, "../cli/bin/redis-topology.js"),
        ...args,
        "--url",
        `redis://127.0.0.1:${port}`,
      ],
      { encoding: "utf8", env: { ...process.env, BENCH_USAGE_FILE: file }, maxBuffer: 2 ** 26 },
    );
    // `doctor` exits with 1 where it finds a problem.
    if (status === null || status > 1) throw new Error(`${args.join(" ")}: ${stderr}`);
    const wall = (performance.now() - from) / 1000;
    return { wall, ...(JSON.parse(readFileSync(file, "utf8")) as { peakKib: number; cpuSeconds: number }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

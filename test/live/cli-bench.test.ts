import * as path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { BENCH_RESULT } from "../../cli/src/bench/result";
import { outputsOf, runCli, startCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
afterEach(stopServers);

const pair = async () => {
  const [cache, queue] = await Promise.all([startServer("cache"), startServer("queue")]);
  return { cache, queue, outputs: outputsOf({ cache: cache.endpoint, queue: queue.endpoint }) };
};

test("bench measures both roles, compares one server with the pair, and leaves nothing", async () => {
  const { cache, queue, outputs } = await pair();
  const examples = examplesOf(path.resolve(__dirname, "../../docs/cli-server.md")).filter(
    ({ args }) => args[0] === "bench",
  );
  expect(examples).toHaveLength(2);
  for (const { args, shown } of examples) {
    const run = await runCli(args, outputs);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(squeeze(run.stdout)).toMatch(asShown(shown));
  }
  const run = await runCli(["bench", "--json", "--split", "--samples", "10", "--in-flight", "3"], outputs);
  const { split, inFlight } = BENCH_RESULT.parse(JSON.parse(run.stdout));
  expect(inFlight).toBe(3);
  for (const load of [split?.shared, split?.pair]) {
    expect(load?.jobs.samples).toBe(10);
    expect(load?.jobs.p99).toBeGreaterThanOrEqual(load?.jobs.p50 ?? Number.NaN);
    expect(load?.cachePerSecond).toBeGreaterThan(0);
  }
  for (const { admin } of [cache, queue]) expect(await admin.keys("*")).toEqual([]);
});

test("bench that is interrupted leaves nothing either", async () => {
  const { queue, outputs } = await pair();
  const args = ["bench", "--role", "queue", "--samples", "2000", "--outputs", "-"];
  const { child, done } = startCli(args, JSON.stringify(outputs));
  await vi.waitFor(async () => expect(await queue.admin.dbsize()).toBeGreaterThan(0), 20_000);
  child.kill("SIGINT");
  expect(await done).toMatchObject({ code: 130, stdout: "", stderr: "" });
  expect(await queue.admin.keys("*")).toEqual([]);
});

test("bench refuses a queue that it could fill, and --split without a pair", async () => {
  const { queue, outputs } = await pair();
  expect(await runCli(["bench", "--split"], { ...outputs, cache: undefined })).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: --split compares one server with the pair, and the outputs hold no cache. Run it on a stack with both.\n",
  });
  await queue.admin.config("SET", "maxmemory", "8mb");
  const run = await runCli(["bench", "--role", "queue", "--samples", "10"], outputs);
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(
    /^redis-topology: The queue's server has [\d.]+ MB left of its limit, and this takes up to [\d.]+ MB for some seconds\. Make room first: `redis-topology memory --role queue` says how\.\n$/,
  );
});

import { Queue, Worker } from "bullmq";
import { Cluster } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";
import { verifyTopology } from "../../cli/src/verifyTopology";
import { HASH_TAG_PREFIX } from "../../components/redis/bullmq";
import type { Directive } from "../../components/redis/roles";
import type { Server } from "./cli-helpers";
import { freePort, outputsOf, runCli, startServer, stopServers, troubles } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(stopServers);

/** Two shards, so that each answers MOVED to half of all keys. */
async function startCluster(): Promise<Server[]> {
  const nodes: Server[] = [];
  let bus = 0;
  for (const slots of [
    ["0", "8191"],
    ["8192", "16383"],
  ]) {
    bus = await freePort();
    const directives: Directive[] = [
      ["cluster-enabled", "yes"],
      ["cluster-port", String(bus)],
    ];
    const node = await startServer("queue", { directives });
    await node.admin.call("CLUSTER", "ADDSLOTSRANGE", ...slots);
    nodes.push(node);
  }
  const [first, second] = nodes;
  await first?.admin.call("CLUSTER", "MEET", "127.0.0.1", `${second?.endpoint.port}`, `${bus}`);
  for (const { admin } of nodes) {
    await vi.waitFor(async () => expect(await admin.call("CLUSTER", "INFO")).toContain("cluster_state:ok"), {
      timeout: 30_000,
      interval: 100,
    });
  }
  return nodes;
}

const withPrefix = (server: Server | undefined, prefix: string) => {
  if (!server) throw new Error("no server");
  const outputs = outputsOf({ queue: server.endpoint });
  return { ...outputs, ...(outputs.bullmq && { bullmq: { ...outputs.bullmq, prefix } }) };
};

test("a queue in cluster mode passes whichever node answers first, and no key is left", async () => {
  const nodes = await startCluster();
  for (const node of nodes) {
    expect(troubles(await verifyTopology(withPrefix(node, HASH_TAG_PREFIX)))).toEqual([]);
  }
  for (const { admin } of nodes) expect(await admin.keys("*")).toEqual([]);
});

test("a prefix without a hash tag fails there, in the server's words", async () => {
  const [node] = await startCluster();
  const [job, ...others] = troubles(await verifyTopology(withPrefix(node, "bull")));
  expect(others).toEqual([]);
  expect(job?.slice(0, 2)).toEqual(["BullMQ job", "fail"]);
  expect(job?.[2]).toContain("CROSSSLOT Keys in request don't hash to the same slot");
});

test("the queue commands find and use queues on every shard", async () => {
  const nodes = await startCluster();
  const outputs = withPrefix(nodes[0], HASH_TAG_PREFIX);
  const { host, port, password } = outputs.queue ?? {};
  const cluster = new Cluster([{ host, port }], { redisOptions: { password } });
  const failing = async () => {
    throw new Error("bad 7");
  };
  // Tags whose slots lie on different shards.
  for (const prefix of ["{a}", "{b}", HASH_TAG_PREFIX]) {
    const queue = new Queue("mail", { connection: cluster, prefix });
    const worker = new Worker("mail", failing, { connection: cluster, prefix });
    await queue.addBulk([1, 2, 3].map((at) => ({ name: "send", data: { at } })));
    await vi.waitFor(async () => expect(await queue.getFailedCount()).toBe(3), 20_000);
    await worker.close();
    await queue.close();
  }
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await runCli([...args, "--json"], outputs);
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };
  const { queues, complete } = await run("queues");
  expect(complete).toBe(true);
  expect(queues.map((queue: Found) => [queue.prefix, queue.counts.failed])).toEqual([
    ["{a}", 3],
    ["{b}", 3],
    [HASH_TAG_PREFIX, 3],
  ]);
  expect((await run("queue", "mail", "failures", "--prefix", "{a}")).jobs).toBe(3);
  expect(await run("queue", "mail", "retry", "--all", "--prefix", "{b}")).toMatchObject({ done: 3 });
  expect(await run("queue", "mail", "clean", "--state", "failed", "--yes")).toMatchObject({ done: 3 });
  expect((await run("queue", "mail", "test")).ok).toBe(true);
  const [memory] = (await run("memory")).roles;
  const sizes = await Promise.all(nodes.map(({ admin }) => admin.dbsize()));
  expect(memory.keys).toBe(sizes.reduce((sum, size) => sum + size, 0));
  expect(memory.queues).toHaveLength(3);
  const { findings, roles } = await run("doctor");
  expect(findings.filter((finding: { id: string }) => finding.id === "no-workers")).toHaveLength(1);
  expect(roles[0].onThisHost).toBe(false);
  expect((await run("bench", "--samples", "10")).roles[0].measurements).toHaveLength(6);
  expect(await run("queue", "mail", "obliterate", "--yes")).toMatchObject({ keysLeft: 0 });
  cluster.disconnect();
});

interface Found {
  prefix: string;
  counts: { failed: number };
}

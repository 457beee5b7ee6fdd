import { afterEach, expect, test, vi } from "vitest";
import { verifyTopology } from "../../cli/src/verifyTopology";
import { HASH_TAG_PREFIX } from "../../components/redis/bullmq";
import type { Directive } from "../../components/redis/roles";
import type { Server } from "./cli-helpers";
import { freePort, outputsOf, startServer, stopServers, troubles } from "./cli-helpers";

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

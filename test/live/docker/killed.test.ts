import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryFloor } from "../../../components/redis/memory";
import { Role } from "../../../components/redis/roles";
import { parseSize } from "../../../components/redis/size";
import { addJobs, Clients, info, missingJobs } from "../clients";
import { missing } from "../require";
import { killedAfter } from "./killed";
import { DockerTarget } from "./target";

const MINUTE = 60_000;
const BOTH = [
  "/redis-topology-live-killed-redis-queue running",
  "/redis-topology-live-killed-redis-queue-config created",
];
/** An `up` is killed at every third step, of all three kinds in turn over many runs. REDIS_TOPOLOGY_KILL_EVERY=1 takes every one. */
const EVERY = Number(process.env.REDIS_TOPOLOGY_KILL_EVERY ?? 3);
/** With REDIS_TOPOLOGY_KILL_FIRST as a failed test names it, the same steps again. */
const FIRST = Number(process.env.REDIS_TOPOLOGY_KILL_FIRST ?? 1 + Math.floor(Math.random() * EVERY));
const STEPS = `at step ${FIRST} and each ${EVERY} after it`;
/** Redis has no limit at 0. */
const isSet = (maxMemory: number) => maxMemory > 0;

/** Without hooks for containers: what a language host that knows none leaves to the guards. */
describe.skipIf(missing("docker"))("an up that is killed on its way", () => {
  let target: DockerTarget;
  let clients: Clients;
  beforeAll(async () => {
    target = await DockerTarget.start("live-killed", { queue: { maxMemory: "64mb" }, protect: false });
    target.engine.hooks = "networks";
    clients = new Clients(target);
  });
  afterAll(async () => {
    await clients?.close();
    await target?.remove();
  });

  /** Names and ids of what is there. */
  async function containers(): Promise<string[]> {
    const filters = { label: ["redis-topology.owner=redis-topology/live-killed/redis"] };
    const list = await target.engine.docker.listContainers({ all: true, filters });
    return list.map(({ Names, State }) => `${Names[0]} ${State}`).sort();
  }

  test(`of a replacement, ${STEPS}, is repaired by the next one, with every job`, {
    timeout: 10 * MINUTE,
  }, async () => {
    const jobs = await addJobs(await clients.queue("killed"), 0, 20);
    await clients.close();
    let step = FIRST - EVERY;
    for (let killed = true; killed; ) {
      step += EVERY;
      const change = { queue: { config: { hz: String(20 + step) } } };
      killed = await killedAfter(step, () => target.redeploy(change));
      // Pulumi's state has the new server already: the very one must go on.
      const known = target.engine.done.includes("update redis-queue-memory");
      const { Id } = known ? await target.container(Role.Queue).inspect() : { Id: undefined };
      await target.redeploy(change);
      if (known) expect((await target.container(Role.Queue).inspect()).Id).toBe(Id);
      expect([step, await containers()]).toEqual([step, BOTH]);
      await target.redeploy(change);
      expect([step, target.engine.done]).toEqual([step, []]);
      expect(await missingJobs(await clients.queue("killed"), jobs)).toEqual([]);
      await clients.close();
    }
    // The trial's, the files' and the server's container were all on the way.
    expect(step).toBeGreaterThan(15);
  });

  test(`of a change of memory, up and down in turn, from ${FIRST % 2 === 1 ? "64mb" : "96mb"}, leaves limits that fit after a restart`, {
    timeout: 5 * MINUTE,
  }, async () => {
    // Which of them the odd steps have is drawn too.
    const sizes = FIRST % 2 === 1 ? (["64mb", "96mb"] as const) : (["96mb", "64mb"] as const);
    await target.redeploy({ queue: { maxMemory: sizes[0] } });
    let step = 0;
    for (let killed = true; killed; ) {
      step += 1;
      const maxMemory = sizes[step % 2 === 0 ? 0 : 1];
      killed = await killedAfter(step, () => target.redeploy({ queue: { maxMemory } }));
      await target.container(Role.Queue).restart();
      const running = Number(await info(await clients.redis(Role.Queue), "maxmemory"));
      const { Memory } = (await target.container(Role.Queue).inspect()).HostConfig;
      expect([step, maxMemory, running]).toEqual([step, maxMemory, expect.toSatisfy(isSet)]);
      expect(memoryFloor("queue", running)).toBeLessThanOrEqual(Memory ?? 0);
      await target.redeploy({ queue: { maxMemory } });
      await target.redeploy({ queue: { maxMemory } });
      expect(target.engine.done).toEqual([]);
      expect(await info(await clients.redis(Role.Queue), "maxmemory")).toBe(String(parseSize(maxMemory)));
      await clients.close();
    }
    expect(step).toBeGreaterThan(5);
  });

  test("twice, with the engine started again in between, leaves one server on the volume", async () => {
    // Whatever the tests before have left it at: the steps counted below are those of a lost container alone.
    await target.redeploy({});
    const jobs = await addJobs(await clients.queue("twice"), 0, 20);
    await clients.close();
    const container = target.container(Role.Queue);
    const { Name, Config, HostConfig } = await container.inspect();
    await container.stop();
    await container.remove();
    target.engine.forget("Container", "redis-queue");
    const { docker } = target.engine;
    const unknown = await docker.createContainer({ ...Config, HostConfig, name: Name.slice(1) });
    await unknown.start();
    // Stopped and renamed.
    expect(await killedAfter(2, () => target.redeploy({}))).toBe(true);
    expect((await unknown.inspect()).Name).toBe("/redis-topology-live-killed-redis-queue-left");
    await unknown.start();
    await target.redeploy({});
    expect(await containers()).toEqual(BOTH);
    expect(await missingJobs(await clients.queue("twice"), jobs)).toEqual([]);
    await clients.close();
  });

  test("leaves a stranger's container alone, and one that a person removed is replaced", async () => {
    const { docker } = target.engine;
    const options = { Image: target.args.image, Cmd: ["true"] };
    const stranger = await docker.createContainer({
      ...options,
      name: "redis-topology-live-killed-redis-queue-left",
    });
    try {
      await target.container(Role.Queue).remove({ force: true });
      await target.redeploy({ queue: { config: { hz: "7" } } });
      expect(await containers()).toEqual(BOTH);
      expect((await stranger.inspect()).State.Status).toBe("created");
    } finally {
      await stranger.remove();
    }
    await target.redeploy({});
  });

  test(`the first, ${STEPS}, leaves nothing in the way of the next one`, {
    timeout: 10 * MINUTE,
  }, async () => {
    let step = FIRST - EVERY;
    for (let killed = true; killed; ) {
      step += EVERY;
      await target.engine.destroy();
      expect(await containers()).toEqual([]);
      killed = await killedAfter(step, () => target.redeploy({}));
      await target.redeploy({});
      expect([step, await containers()]).toEqual([step, BOTH]);
    }
    expect(step).toBeGreaterThan(15);
  });
});

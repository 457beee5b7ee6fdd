import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryFloor } from "../../../components/redis/memory";
import { Role } from "../../../components/redis/roles";
import { parseSize } from "../../../components/redis/size";
import { addJobs, Clients, info, missingJobs } from "../clients";
import { churn } from "../load";
import { missing } from "../require";
import { DockerTarget } from "./target";

const MIB = 1024 * 1024;

describe.skipIf(missing("docker"))("a running server's memory", () => {
  let target: DockerTarget;
  let clients: Clients;
  beforeAll(async () => {
    target = await DockerTarget.start("live-limit", {
      cache: { maxMemory: "64mb" },
      queue: { maxMemory: "64mb" },
      protect: false,
    });
    clients = new Clients(target);
  });
  afterAll(async () => {
    await clients?.close();
    await target?.remove();
  });
  const run = async (role: Role) => {
    const { Id, State, RestartCount } = await target.container(role).inspect();
    return [Id, State.StartedAt, RestartCount];
  };
  const limits = async (role: Role) => {
    const { Memory, MemorySwap } = (await target.container(role).inspect()).HostConfig;
    return [Number(await info(await clients.redis(role), "maxmemory")), Memory, MemorySwap];
  };
  const expected = (role: Role, maxMemory: string) => {
    const limit = Math.ceil(memoryFloor(role, parseSize(maxMemory)) / MIB) * MIB;
    return [parseSize(maxMemory), limit, limit];
  };

  test.each([
    [Role.Queue, "96mb"],
    [Role.Queue, "48mb"],
    [Role.Cache, "96mb"],
    [Role.Cache, "32mb"],
  ] as const)(
    "of the %s becomes %s without a new container, and a restart keeps it",
    async (role, maxMemory) => {
      const jobs = await addJobs(await clients.queue("kept"), 0, 50);
      if (role === Role.Cache) await churn(await clients.redis(role), 96 * MIB);
      const before = await run(role);
      await target.redeploy({ [role]: { maxMemory } });
      expect(target.engine.done).toEqual(
        ["guard", "limit", undefined, "memory"].map(
          (part) => `update redis-${role}${part ? `-${part}` : ""}`,
        ),
      );
      expect(await run(role)).toEqual(before);
      expect(await limits(role)).toEqual(expected(role, maxMemory));
      await target.redeploy({ [role]: { maxMemory } });
      expect(target.engine.done).toEqual([]);
      await clients.close();
      await target.container(role).restart();
      expect(await limits(role)).toEqual(expected(role, maxMemory));
      expect(await missingJobs(await clients.queue("kept"), jobs)).toEqual([]);
      await clients.close();
      await target.redeploy({});
    },
  );

  test("of a queue is not lowered below what it holds, and nothing is changed", async () => {
    const redis = await clients.redis(Role.Queue);
    await churn(redis, 45 * MIB);
    const before = [await run(Role.Queue), await limits(Role.Queue)];
    const held = Math.ceil(Number(await info(redis, "used_memory")) / MIB);
    expect(held).toBeGreaterThan(44);
    const refused = await target
      .redeploy({ queue: { maxMemory: "40mb" } })
      .catch((error: Error) => error.message);
    expect(String(refused).replaceAll(`${held}Mi`, "<held>")).toBe(
      "queue.maxMemory: 40Mi, less than the <held> that the queue holds; it evicts nothing, and would refuse every job. Allowed: <held> or more. Nothing was changed. Raise it, or let the workers finish jobs (`queue.clean()` removes finished ones), then run again.",
    );
    expect(target.engine.done).toEqual(["update redis-queue-guard"]);
    await target.redeploy({});
    expect(target.engine.done).toEqual([]);
    expect([await run(Role.Queue), await limits(Role.Queue)]).toEqual(before);
    await redis.flushall();
  });

  test("that was set by hand is set again", async () => {
    const redis = await clients.redis(Role.Queue);
    const before = await run(Role.Queue);
    await redis.config("SET", "maxmemory", "0");
    await target.redeploy({});
    expect(target.engine.done).toEqual(["update redis-queue-memory"]);
    expect([await run(Role.Queue), await limits(Role.Queue)]).toEqual([before, expected(Role.Queue, "64mb")]);
  });

  test("of a stopped queue is not lowered, since nobody knows what it holds", async () => {
    await clients.close();
    await target.container(Role.Queue).stop();
    await expect(target.redeploy({ queue: { maxMemory: "32mb" } })).rejects.toThrow(
      "queue.maxMemory: 32Mi, less than before, and the server does not answer, so that nobody knows what it holds. Allowed: no less than before. Nothing was changed. Start it (`docker start redis-topology-live-limit-redis-queue`; `docker logs redis-topology-live-limit-redis-queue`), then run again.",
    );
    await target.container(Role.Queue).start();
    await target.redeploy({});
    expect(await limits(Role.Queue)).toEqual(expected(Role.Queue, "64mb"));
  });
});

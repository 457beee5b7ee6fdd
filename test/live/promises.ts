import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifyTopology } from "../../cli/src/verifyTopology";
import type { TopologyArgs } from "../../components/contract";
import { Role } from "../../components/redis/roles";
import { addJobs, addUntilRefused, Clients, info, missingJobs, until } from "./clients";
import { betweenFsyncs, churn, fillUntilRefused, rewriteAof } from "./load";
import { withRedis } from "./servers";
import type { LiveTarget } from "./target";
import { outputsOf } from "./target";

const MIB = 1024 * 1024;

/** What every live target is started with; it adds what its backend needs (ports, an image). */
const ARGS: TopologyArgs = {
  cache: { maxMemory: "64mb", password: "the-cache-password" },
  queue: { maxMemory: "128mb", password: "the-queue-password" },
  protect: false,
};

/**
 * The promises that a real engine must keep, the same for every backend: `start` brings a topology up with these
 * args, and the suite does to it what happens in a year. Call it inside a test file of the backend's own; what
 * only that backend promises stands beside it, with `target()` for the same topology.
 */
export function livePromises(name: string, start: (args: TopologyArgs) => Promise<LiveTarget>): void {
  describe(`${name} keeps its promises`, () => {
    let target: LiveTarget;
    let clients: Clients;

    beforeAll(async () => {
      target = await start(ARGS);
    });
    afterAll(() => target?.remove());
    beforeEach(async () => {
      clients = new Clients(target);
      for (const role of [Role.Cache, Role.Queue]) await (await clients.redis(role)).flushall();
    });
    afterEach(() => clients.close());

    test("each role has its settings", async () => {
      const settings = async (role: Role) => {
        const redis = await clients.redis(role);
        return [
          await info(redis, "maxmemory"),
          await info(redis, "maxmemory_policy"),
          await info(redis, "aof_enabled"),
        ];
      };
      expect(await settings(Role.Cache)).toEqual([String(64 * MIB), "allkeys-lru", "0"]);
      expect(await settings(Role.Queue)).toEqual([String(128 * MIB), "noeviction", "1"]);
    });

    test("verify passes, as a user would run it", async () => {
      const results = await verifyTopology(await outputsOf(target), { timeoutMs: 60_000 });
      expect(results.filter(({ result }) => result !== "pass")).toEqual([]);
      expect(new Set(results.map(({ role }) => role))).toEqual(new Set([Role.Cache, Role.Queue]));
    });

    test.each([Role.Cache, Role.Queue])("the %s refuses a wrong password and none", async (role) => {
      const { password, username, ...open } = await target.connection(role);
      const ping = (credentials: object) =>
        withRedis({ ...open, ...credentials }, (redis) => redis.ping()).catch(
          (error: Error) => error.message.split(" ")[0],
        );
      expect(await ping({ username, password })).toBe("PONG");
      expect(await ping({ username, password: `${password}x` })).toBe("WRONGPASS");
      expect(await ping({})).toBe("NOAUTH");
    });

    test("kill -9: no acknowledged job is lost that the guarantee does not name", async () => {
      const redis = await clients.redis(Role.Queue);
      const queue = await clients.queue("killed");
      const written = await addJobs(queue, 0, 500);
      // Redis hands every write to the kernel before it answers, unless an fsync is under way (aof.c,
      // flushAppendOnlyFile); once its buffer is empty, nothing of these jobs is in the process any more.
      await until("the AOF buffer is empty", async () => (await info(redis, "aof_buffer_length")) === "0");
      const acknowledged: { id: string; at: number }[] = [];
      let stopped = false;
      const writer = (async () => {
        for (let index = written.length; !stopped; index += 1) {
          const [id = ""] = await addJobs(queue, index, 1);
          acknowledged.push({ id, at: Date.now() });
        }
      })();
      await until("jobs are being added", async () => acknowledged.length > 100);
      await betweenFsyncs(redis);
      const killedAt = Date.now();
      await target.kill(Role.Queue);
      const answeredAt = Date.now();
      const sofar = acknowledged.length;
      await until("jobs are added again", async () => acknowledged.length > sofar + 10);
      stopped = true;
      await writer;

      const lossSeconds = target.guarantees.queue?.processCrash.lossSeconds ?? 0;
      const atStake = ({ at }: { at: number }) =>
        lossSeconds > 0 && at > killedAt - lossSeconds * 1000 && at <= answeredAt;
      const promised = acknowledged.filter((job) => !atStake(job)).map(({ id }) => id);
      expect(await missingJobs(queue, [...written, ...promised])).toEqual([]);
    });

    test("a queue filled up while its AOF is rewritten refuses jobs, is not killed, and goes on when there is room", async () => {
      const redis = await clients.redis(Role.Queue);
      const queue = await clients.queue("full");
      const jobs = await addJobs(queue, 0, 100);
      const server = await info(redis, "run_id");
      const filler = await fillUntilRefused(redis, () => rewriteAof(redis));
      await until("no rewrite is under way", async () => {
        return (await info(redis, "aof_rewrite_in_progress")) === "0";
      });
      await rewriteAof(redis);
      await expect(addUntilRefused(queue, jobs)).rejects.toThrow("OOM command not allowed");
      await until("the full queue is rewritten", async () => {
        return (await info(redis, "aof_rewrite_in_progress")) === "0";
      });

      expect(await info(redis, "run_id")).toBe(server);
      expect(await info(redis, "aof_last_bgrewrite_status")).toBe("ok");
      expect(await info(redis, "evicted_keys")).toBe("0");
      expect(await redis.exists(...Array.from({ length: filler }, (_, index) => `filler:${index}`))).toBe(
        filler,
      );
      expect(await missingJobs(queue, jobs)).toEqual([]);
      if (target.memory) {
        const { peak, limit } = await target.memory(Role.Queue);
        expect(peak).toBeLessThanOrEqual(limit);
      }
      await redis.unlink(...Array.from({ length: filler }, (_, index) => `filler:${index}`));
      await until("the memory is free", async () => {
        return Number(await info(redis, "used_memory")) < 64 * MIB;
      });
      expect(await missingJobs(queue, await addJobs(queue, jobs.length, 1))).toEqual([]);
    });

    test("a cache that overflows evicts, and leaves the jobs alone", async () => {
      const cache = await clients.redis(Role.Cache);
      const queue = await clients.queue("bystander");
      const jobs = await addJobs(queue, 0, 100);
      await churn(cache, 3 * 64 * MIB);
      expect(Number(await info(cache, "evicted_keys"))).toBeGreaterThan(0);
      expect(Number(await info(cache, "used_memory"))).toBeLessThanOrEqual(64 * MIB * 1.05);
      expect(await missingJobs(queue, jobs)).toEqual([]);
      expect(await info(await clients.redis(Role.Queue), "evicted_keys")).toBe("0");
    });

    test.each([
      ["restart", () => target.restart(Role.Queue)],
      ["recreate", () => target.recreate(Role.Queue)],
      ["redeploy with more memory", () => target.redeploy({ queue: { maxMemory: "160mb" } })],
    ] as const)("%s keeps the queue, and its workers go on", async (_, disturb) => {
      const queue = await clients.queue("kept");
      const waiting = await addJobs(queue, 0, 100);
      const delayed = await addJobs(queue, 100, 50, { delay: 3_600_000 });
      await queue.upsertJobScheduler("every-hour", { every: 3_600_000 });
      const other = await clients.queue("worked");
      const done = new Set<number>();
      await clients.worker("worked", ({ index }) => done.add(index));
      await addJobs(other, 0, 1);
      await until("the worker works", async () => done.has(0));
      const schedulers = await queue.getJobSchedulers();
      expect(schedulers).toHaveLength(1);

      await disturb();
      expect(await missingJobs(queue, [...waiting, ...delayed])).toEqual([]);
      expect(await queue.getJobSchedulers()).toEqual(schedulers);
      await addJobs(other, 1, 1);
      await until("the worker works again", async () => done.has(1));
    });

    test("a changed maxMemory is in force", async () => {
      await target.redeploy({ queue: { maxMemory: "144mb" } });
      expect(await info(await clients.redis(Role.Queue), "maxmemory")).toBe(String(144 * MIB));
    });

    test("two passwords are valid while clients move, then only the new one", async () => {
      const { password: old } = await target.connection(Role.Queue);
      const jobs = await addJobs(await clients.queue("rotated"), 0, 10);
      // A client that only knows the old password would try it for ever.
      await clients.close();
      const login = async (password: string) => {
        const connection = { ...(await target.connection(Role.Queue)), password };
        return withRedis(connection, (redis) => redis.ping()).catch(
          (error: Error) => error.message.split(" ")[0],
        );
      };
      await target.redeploy({ queue: { password: "the-next-password", previousPassword: old } });
      expect([await login("the-next-password"), await login(old)]).toEqual(["PONG", "PONG"]);
      await target.redeploy({ queue: { password: "the-next-password" } });
      expect([await login("the-next-password"), await login(old)]).toEqual(["PONG", "WRONGPASS"]);
      expect(await missingJobs(await clients.queue("rotated"), jobs)).toEqual([]);
    });
  });
}

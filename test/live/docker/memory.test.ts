import type { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { ROLES, Role } from "../../../components/redis/roles";
import { formatSize, parseSize } from "../../../components/redis/size";
import { Clients, info, until } from "../clients";
import { churn, fillUntilRefused, overwriteDuringRewrite, rewriteAof } from "../load";
import { missing } from "../require";
import { DockerTarget } from "./target";

/** More sizes take minutes and gigabytes: REDIS_TOPOLOGY_MEMORY_SIZES=64mb,256mb,1gb, as docs/operations/docker.md shows them. */
const SIZES = (process.env.REDIS_TOPOLOGY_MEMORY_SIZES ?? "64mb").split(",");
const MINUTE = 60_000;

describe.skipIf(missing("docker"))("the derived memory limits", () => {
  test.each(SIZES)(
    "hold with maxMemory %s: a churned cache, and a queue overwritten while it is rewritten",
    async (maxMemory) => {
      const args = { cache: { maxMemory }, queue: { maxMemory }, protect: false };
      const target = await DockerTarget.start("live-memory", args);
      const clients = new Clients(target);
      try {
        await churn(await clients.redis(Role.Cache), 2 * parseSize(maxMemory));
        await pressQueue(await clients.redis(Role.Queue));
        for (const role of ROLES) {
          const { State, RestartCount } = await target.container(role).inspect();
          expect([State.OOMKilled, RestartCount]).toEqual([false, 0]);
          const { limit, peak } = await target.memory(role);
          expect(peak).toBeGreaterThan(parseSize(maxMemory) * 0.9);
          expect(peak).toBeLessThanOrEqual(limit);
          const mib = Math.round(peak / 1024 / 1024);
          const percent = Math.round((100 * peak) / limit);
          console.log(
            `| ${role} | ${maxMemory} | ${formatSize(limit)} | ${formatSize(mib * 1024 * 1024)} | ${percent} % |`,
          );
        }
      } finally {
        await clients.close();
        await target.remove();
      }
    },
    10 * MINUTE,
  );
});

/** Fills a queue while its AOF is rewritten, then makes as many pages as possible exist twice: the worst that jobs can do. */
async function pressQueue(redis: Redis): Promise<void> {
  const rewritten = () =>
    until("the AOF is rewritten", async () => (await info(redis, "aof_rewrite_in_progress")) === "0", 120);
  const keys = await fillUntilRefused(redis, () => rewriteAof(redis));
  await rewritten();
  // A full queue takes no write at all, so some of it goes.
  const gone = Math.ceil(keys / 10);
  await redis.unlink(...Array.from({ length: gone }, (_, index) => `filler:${index}`));
  // A slow disk gives the writer the time to touch every page: Redis' own testing directive, in microseconds a key.
  await redis.config("SET", "rdb-key-save-delay", Math.ceil(5e6 / keys));
  await overwriteDuringRewrite(redis, gone, Math.floor(keys * 0.9));
}

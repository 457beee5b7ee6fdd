import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "../require";
import { withRedis } from "../servers";
import { rolledOut } from "./deployment";
import { KubernetesTarget } from "./target";

const NAMESPACE = "redis-power";

/** Only a cluster of our own may lose its power: the one of cluster.sh. */
describe.skipIf(missing("kubernetes", "own cluster"))("a node that loses its power", () => {
  let target: KubernetesTarget;
  beforeAll(async () => {
    target = await KubernetesTarget.start(NAMESPACE, {
      queue: { maxMemory: "32mb", password: "a-password-of-the-queue" },
      protect: false,
    });
  });
  afterAll(() => target?.remove());

  test("comes back with every write but those of the stated seconds", async () => {
    const acknowledged: { key: string; at: number }[] = [];
    const lost = { at: 0 };
    await withRedis(await target.connection("queue"), async (redis) => {
      const writing = (async () => {
        for (let index = 0; ; index += 1) {
          await redis.set(`power:${index}`, index);
          acknowledged.push({ key: `power:${index}`, at: Date.now() });
        }
      })().catch(() => undefined);
      await sleep(3000);
      lost.at = Date.now();
      cluster("down", { KEEP: "1" });
      redis.disconnect();
      await writing;
    });
    cluster("up");
    await rolledOut(NAMESPACE, "redis-queue");
    await target.reach("queue");

    const window = target.guarantees.queue?.hostCrash.lossSeconds ?? 0;
    const promised = acknowledged.filter(({ at }) => at < lost.at - window * 1000).map(({ key }) => key);
    expect(promised.length).toBeGreaterThan(100);
    await withRedis(await target.connection("queue"), async (redis) => {
      expect((await redis.mget(promised)).filter((value) => value === null)).toEqual([]);
    });
  });
});

function cluster(command: string, environment: Record<string, string> = {}): void {
  execFileSync(resolve(__dirname, "cluster.sh"), [command], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

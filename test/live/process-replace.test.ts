import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "./engine";
import { freePort, withRedis } from "./servers";

describe.each([false, true])(
  "up --replace of a queue under the real engine, deleteData: %s",
  (deleteData) => {
    let engine: Engine;
    const queue = async () => {
      const { queue } = await engine.outputs();
      if (!queue) throw new Error("The stack has no queue.");
      return queue;
    };

    beforeAll(async () => {
      engine = await Engine.start({
        queue: { maxMemory: "32mb", port: await freePort() },
        process: { deleteData },
        protect: false,
      });
      await engine.up();
    });
    afterAll(() => engine?.end());

    test("ends with the server running, its data there, and nothing left to change", async () => {
      await withRedis(await queue(), (redis) => redis.set("job", "1"));
      const state = JSON.parse(await engine.succeed("stack", "export", "--stack", "live"));
      const resources: { urn: string }[] = state.deployment.resources;
      const urn = resources.find(({ urn }) => urn.endsWith("::redis-queue"))?.urn ?? "";
      await engine.up("--replace", urn);
      expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
      await engine.unchanged();
      await engine.succeed("refresh", "--yes", "--skip-preview", "--stack", "live");
      await engine.unchanged();
      expect(await withRedis(await queue(), (redis) => redis.get("job"))).toBe("1");
    });
  },
);

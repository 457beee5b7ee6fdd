import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../components/backends/process/server/processes";
import { Engine } from "./engine";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

/** Whose server a stack of the same name in another folder may touch: nobody's but its own. */
describe.skipIf(missing("redis", "pulumi"))("clones", () => {
  const absolute = path.join(temporaryFolder(), "absolute");
  let original: Engine;
  let copies: Engine[];
  let config: { queue: { maxMemory: string; port: number }; protect: boolean };
  let folder: string;

  const configure = (engine: Engine, changes: object) => engine.configure({ ...config, ...changes });
  const pid = () => readFileSync(path.join(folder, "redis.pid"), "utf8").trim();
  const up = (engine: Engine) => engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
  const job = async (engine: Engine) => {
    const { queue } = await engine.outputs();
    return await withRedis(queue as { port: number }, (redis) => redis.get("job"));
  };
  const startOriginal = async (changes: object) => {
    config = { queue: { maxMemory: "32mb", port: await freePort() }, protect: false };
    original = await Engine.start({ ...config, ...changes });
    await original.up();
    const { queue } = await original.outputs();
    await withRedis(queue as { port: number }, (redis) => redis.set("job", "of the original"));
  };
  const end = async () => {
    for (const engine of [...(copies ?? []), original]) await engine?.end();
  };

  describe("with the folder inside the clone", () => {
    let before: string;
    beforeAll(async () => {
      await startOriginal({});
      folder = path.join(original.folder, ".redis-topology/live/queue");
      before = pid();
      copies = [original.copy(), original.copy()];
    });
    afterAll(end);

    test("the copy's up names the original, and touches nothing of it", async () => {
      const { code, output } = await up(copies[0] as Engine);
      expect(code).not.toBe(0);
      expect(output).toContain(
        `queue: port ${config.queue.port} of 127.0.0.1 is taken by redis-server (pid ${before}), the server of ${folder}. ` +
          "Stop it, or choose another port with `queue.port`.",
      );
      expect(pid()).toBe(before);
      expect(await job(original)).toBe("of the original");
    });

    test("on a port of its own the copy runs with the copied data, and ends without the original", async () => {
      const copy = copies[0] as Engine;
      configure(copy, { queue: { ...config.queue, port: await freePort() } });
      await copy.up();
      const { queue } = await copy.outputs();
      await withRedis(queue as { port: number }, (redis) => redis.set("job", "of the copy"));
      expect(await job(original)).toBe("of the original");
      await copy.up("--expect-no-changes");
      await copy.succeed("destroy", "--yes", "--skip-preview", "--stack", "live");
      expect(existsSync(path.join(copy.folder, ".redis-topology/live/queue/data"))).toBe(true);
      expect(pid()).toBe(before);
      expect(await job(original)).toBe("of the original");
    });

    test("destroy in a copy that never ran leaves the original alone", async () => {
      const output = await (copies[1] as Engine).succeed(
        "destroy",
        "--yes",
        "--skip-preview",
        "--stack",
        "live",
      );
      expect(output).toContain(`queue: ${folder} belongs to redis-topology/live/redis of the state file://`);
      expect(pid()).toBe(before);
      expect(await job(original)).toBe("of the original");
      await original.up("--expect-no-changes");
    });
  });

  describe("a clone that is moved while its server runs", () => {
    beforeAll(async () => {
      await startOriginal({});
      copies = [original.move()];
    });
    afterAll(end);

    test("takes its server and its data along", async () => {
      const moved = copies[0] as Engine;
      folder = path.join(moved.folder, ".redis-topology/live/queue");
      const before = Number(pid());
      await moved.up();
      expect(await isAlive(before)).toBe(false);
      expect(await job(moved)).toBe("of the original");
      await moved.up("--expect-no-changes");
    });
  });

  describe("with the same absolute folder", () => {
    const shared = { process: { directory: absolute } };
    beforeAll(async () => {
      await startOriginal(shared);
      folder = path.join(absolute, "queue");
      copies = [original.copy(), await Engine.start({ ...config, ...shared })];
    });
    afterAll(end);

    test.each([
      ["a copy with the original's state", 0],
      ["a clone with a state of its own", 1],
    ])("%s is refused, naming the original", async (_, index) => {
      const before = pid();
      const clone = copies[index] as Engine;
      const { code, output } = await up(clone);
      const state = (engine: Engine) => pathToFileURL(path.join(engine.folder, "state")).href;
      expect(code).not.toBe(0);
      expect(output).toContain(
        `queue: the folder ${folder} belongs to redis-topology/live/redis of the state ${state(original)}, ` +
          `and this is the state ${state(clone)}. Choose another folder with \`process.directory\`; or destroy the ` +
          "stack there, which keeps the data, and run again; or, if that state is not used any more, delete " +
          `${folder}/owner and run again.`,
      );
      expect(pid()).toBe(before);
      expect(await job(original)).toBe("of the original");
    });

    test("after a destroy there, the other clone finds the data", async () => {
      await original.succeed("destroy", "--yes", "--skip-preview", "--stack", "live");
      const clone = copies[1] as Engine;
      await clone.up();
      expect(await job(clone)).toBe("of the original");
    });
  });
});

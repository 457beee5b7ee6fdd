import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Role } from "../../../components/redis/roles";
import { addJobs, Clients, missingJobs } from "../clients";
import { missing } from "../require";
import { execute } from "./execute";
import { DockerTarget } from "./target";

const NAME = "live-volume";

/** What a queue's volume may hold besides a whole AOF, on real servers. */
describe.skipIf(missing("docker"))("a queue whose AOF is gone", () => {
  let target: DockerTarget;
  let clients: Clients;
  beforeAll(async () => {
    target = await DockerTarget.start(NAME, { queue: { maxMemory: "32mb" }, protect: false });
    clients = new Clients(target);
  });
  afterAll(async () => {
    await clients?.close();
    await target?.remove();
  });

  /** In a stopped queue's volume. */
  async function inVolume(script: string): Promise<void> {
    const { docker } = target.engine;
    const container = await docker.createContainer({
      Image: target.args.image,
      User: "999:1000",
      Cmd: ["sh", "-c", `cd /data && ${script}`],
      HostConfig: { Binds: [`redis-topology-${NAME}-redis-queue-data:/data`] },
    });
    await container.start();
    expect((await container.wait()).StatusCode).toBe(0);
    await container.remove();
  }

  test.each([
    ["moved aside", "mv appendonlydir old-1"],
    [
      "left half-written by a crash of its first rewrite",
      "mv appendonlydir old-2 && echo x > temp-appendonly.aof",
    ],
  ])("%s, has what its snapshot holds, and an AOF again", async (_, damage) => {
    const jobs = await addJobs(await clients.queue("snapshot"), 0, 50);
    await clients.close();
    await target.container(Role.Queue).stop();
    await inVolume(damage);
    await target.container(Role.Queue).start();
    expect(await missingJobs(await clients.queue("snapshot"), jobs)).toEqual([]);
    await target.kill(Role.Queue);
    await clients.close();
    expect(await missingJobs(await clients.queue("snapshot"), jobs)).toEqual([]);
    const manifest = ["sh", "-c", "[ -s /data/appendonlydir/appendonly.aof.manifest ]"];
    expect((await execute(target.container(Role.Queue), manifest)).code).toBe(0);
  });
});

import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeLeftContainer } from "../../../components/backends/docker/leftovers";
import { Role } from "../../../components/redis/roles";
import { addJobs, Clients, missingJobs } from "../clients";
import { missing } from "../require";
import { freePort } from "../servers";
import { DockerTarget } from "./target";

const UNTOUCHED = "Nothing was changed; a server that ran goes on.";

describe.skipIf(missing("docker"))("a guarded queue", () => {
  let target: DockerTarget;
  let clients: Clients;
  beforeAll(async () => {
    target = await DockerTarget.start("live-guard", { queue: { maxMemory: "32mb" }, protect: false });
    clients = new Clients(target);
  });
  afterAll(async () => {
    await clients?.close();
    await target?.remove();
  });
  const startedAt = async () => {
    const { Id, State } = await target.container(Role.Queue).inspect();
    return [Id, State.StartedAt];
  };

  test("runs on when the new one's port is taken, its setting rejected, or its volume unreadable", async () => {
    const before = await startedAt();
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    try {
      await expect(target.redeploy({ queue: { port } })).rejects.toThrow(
        `queue.port: ${port}, which another program has at 127.0.0.1. Allowed: a free port of the engine's machine. ${UNTOUCHED} Stop the other program, or choose another \`queue.port\`.`,
      );
    } finally {
      other.close();
    }
    await expect(target.redeploy({ queue: { config: { hz: "often" } } })).rejects.toThrow(
      `queue.config: "hz", which the server rejects: argument couldn't be parsed into an integer. ${UNTOUCHED} Correct or remove it.`,
    );
    await expect(target.redeploy({ user: "1234:1234" })).rejects.toThrow(
      `user: 1234:1234, who cannot read and write the files of volume "redis-topology-live-guard-redis-queue-data". Allowed: their owner. ${UNTOUCHED}`,
    );
    expect(await startedAt()).toEqual(before);
    expect(
      await target.engine.docker.listContainers({
        all: true,
        filters: { name: ["live-guard-redis-queue-trial"] },
      }),
    ).toEqual([]);
    await target.redeploy({});
    expect(await startedAt()).toEqual(before);
  });

  test("whose settings were changed by hand has them again after the next up", async () => {
    const redis = await clients.redis(Role.Queue);
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    await redis.config("SET", "appendonly", "no");
    await redis.config("SET", "save", "");
    const before = await startedAt();
    await target.redeploy({});
    expect(target.engine.done).toEqual(["update redis-queue-guard"]);
    expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
    expect(await redis.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
    expect(await redis.config("GET", "save")).toEqual(["save", "900 1 300 10 60 10000"]);
    await target.redeploy({});
    expect([target.engine.done, await startedAt()]).toEqual([[], before]);
  });

  test("is found again after an up that was killed before it knew its container, its files' one, or the network", async () => {
    const jobs = await addJobs(await clients.queue("killed"), 0, 20);
    await clients.close();
    target.engine.forget("Container", "redis-queue");
    await target.redeploy({});
    expect(target.engine.done).toEqual(["create redis-queue", "update redis-queue-memory"]);
    target.engine.forget("Container", "redis-queue-upload");
    target.engine.forget("Container", "redis-queue");
    target.engine.forget("Network", "redis-network");
    await target.redeploy({});
    expect(target.engine.done).toEqual([
      "create redis-network",
      "update redis-queue-guard",
      "create redis-queue-upload",
      "update redis-queue-limit",
      "create redis-queue",
      "update redis-queue-memory",
    ]);
    expect(await missingJobs(await clients.queue("killed"), jobs)).toEqual([]);
  });

  test("of an earlier release, which has no owner's label, gives its port up for the trial", async () => {
    const jobs = await addJobs(await clients.queue("earlier"), 0, 20);
    await clients.close();
    const container = target.container(Role.Queue);
    const { Name, Config, HostConfig } = await container.inspect();
    await container.stop();
    await container.remove();
    const { docker } = target.engine;
    const earlier = await docker.createContainer({ ...Config, Labels: {}, HostConfig, name: Name.slice(1) });
    await earlier.start();
    target.engine.adopt("redis-queue", earlier.id);
    await target.redeploy({ queue: { config: { hz: "20" } } });
    expect(target.engine.done).toEqual([
      "update redis-queue-guard",
      "replace redis-queue-upload",
      "update redis-queue-limit",
      "replace redis-queue",
      "update redis-queue-memory",
    ]);
    expect(await missingJobs(await clients.queue("earlier"), jobs)).toEqual([]);
    await clients.close();
    await target.redeploy({});
  });

  test("does not take a stranger's container for its own", async () => {
    const { docker } = target.engine;
    const Image = target.args.image;
    const name = "redis-topology-live-stranger-redis-queue";
    const stranger = await docker.createContainer({ Image, name, Cmd: ["true"] });
    try {
      await expect(removeLeftContainer(docker, name, "redis-topology/live/redis")).rejects.toThrow(
        `The engine has a container "${name}" that this topology did not make. Look at it with \`docker inspect ${name}\`; rename it or remove it, then run again.`,
      );
      expect((await stranger.inspect()).State.Status).toBe("created");
    } finally {
      await stranger.remove({ force: true });
    }
  });

  test("names the containers for which destroy cannot remove the network", async () => {
    const { docker } = target.engine;
    const app = await docker.createContainer({
      Image: target.args.image,
      name: "live-guard-app",
      Cmd: ["redis-server", "--save", ""],
      HostConfig: { NetworkMode: "redis-topology-live-guard-redis" },
    });
    await app.start();
    try {
      await clients.close();
      await expect(target.engine.destroy()).rejects.toThrow(
        'The network "redis-topology-live-guard-redis" cannot be removed: live-guard-app is still on it. Stop them (`docker stop live-guard-app`) or take them off (`docker network disconnect redis-topology-live-guard-redis live-guard-app`), then run again.',
      );
    } finally {
      await app.remove({ force: true, v: true });
    }
    await target.engine.destroy();
  });
});

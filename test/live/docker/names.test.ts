import { readFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Role } from "../../../components/redis/roles";
import type { Registration } from "../../mocked/harness";
import { addJobs, Clients, missingJobs } from "../clients";
import { missing } from "../require";
import { DockerTarget } from "./target";

const ARGS = { queue: { maxMemory: "32mb" }, protect: false };
const VERSIONS = {
  "9f9791f": [
    "create redis-queue-volumes",
    "create redis-network-guard",
    "create redis-queue-guard",
    "replace redis-queue-upload",
    "create redis-queue-limit",
    "replace redis-queue",
    "create redis-queue-memory",
  ],
  "871f7ed": ["create redis-queue-volumes"],
};

describe.skipIf(missing("docker"))("on an engine that others share", () => {
  const targets: DockerTarget[] = [];
  const open: Clients[] = [];
  afterEach(async () => {
    for (const clients of open.splice(0)) await clients.close();
    for (const target of targets.splice(0)) await target.remove();
  });
  const keep = (target: DockerTarget) => {
    const clients = new Clients(target);
    targets.push(target);
    open.push(clients);
    return { target, clients };
  };

  /** Networks, containers and volumes of a stack, by the names that they have. */
  async function names({ engine: { docker } }: DockerTarget, part: string): Promise<string[]> {
    const containers = await docker.listContainers({ all: true });
    const { Volumes } = await docker.listVolumes();
    return [
      ...containers.map(({ Id, Names }) => `${Names[0]} ${Id}`),
      ...Volumes.map(({ Name }) => Name),
      ...(await docker.listNetworks()).map(({ Name, Id }) => `${Name} ${Id}`),
    ]
      .filter((name) => name.includes(part))
      .sort();
  }

  test.each(Object.entries(VERSIONS))(
    "a stack of version %s keeps its names, its volume and its jobs",
    async (version, done) => {
      const { target, clients } = keep(
        await DockerTarget.prepare(
          "live-earlier",
          { ...ARGS, queue: { ...ARGS.queue, port: 16399 } },
          // Its containers hold what the program told the earlier version.
          { section: "docker" },
        ),
      );
      // What its program registered, for the same args.
      const file = path.resolve(__dirname, `../../mocked/fixtures/docker-${version}.json`);
      const earlier = readFileSync(file, "utf8").replaceAll("sha256:image", target.image);
      await target.engine.deploy(JSON.parse(earlier) as Registration[]);
      await target.connect((await target.program(target.args)).result);
      const before = await names(target, "live-earlier");
      const jobs = await addJobs(await clients.queue("earlier"), 0, 50);
      await clients.close();

      await target.redeploy({});
      expect(target.engine.done.sort()).toEqual([...done].sort());
      expect(await missingJobs(await clients.queue("earlier"), jobs)).toEqual([]);
      const after = await names(target, "live-earlier");
      const named = (list: string[]) => list.map((one) => one.split(" ")[0]);
      expect(named(after)).toEqual(named(before));
      if (version === "871f7ed") expect(after).toEqual(before);
      await target.redeploy({});
      expect(target.engine.done).toEqual([]);
      await clients.close();
      await target.engine.destroy();
      expect(await names(target, "live-earlier")).toEqual(["live-earlier-redis-queue-data"]);

      // The next one is told of it: nobody knows any more whose it is.
      const another = await DockerTarget.prepare("live-earlier", ARGS, { project: "another" });
      await expect(another.redeploy({})).rejects.toThrow(
        'volume: missing, and the engine has "live-earlier-redis-queue-data", where an earlier version kept the queue of a stack of this name, of this project or another. Allowed: the name of the volume to use. ' +
          "If it holds this stack's jobs, set `volume: live-earlier-redis-queue-data`. To begin with an empty queue, set `volume: another-live-earlier-redis-queue-data`.",
      );
      await target.engine.docker.getVolume("live-earlier-redis-queue-data").remove();
      await another.remove();
    },
  );

  test("two projects have a stack of one name, and the second finds nothing of the first", async () => {
    const first = keep(await DockerTarget.start("live-same", ARGS, { project: "shop" }));
    const jobs = await addJobs(await first.clients.queue("jobs"), 0, 10);
    const second = keep(await DockerTarget.start("live-same", ARGS, { project: "blog" }));
    expect(await missingJobs(await second.clients.queue("jobs"), jobs)).toEqual(jobs);
    await first.clients.close();
    await first.target.engine.destroy();
    await second.clients.close();
    await second.target.redeploy({});
    expect(await missingJobs(await second.clients.queue("jobs"), jobs)).toEqual(jobs);
    await second.clients.close();

    const volume = "shop-live-same-redis-queue-data";
    const third = await DockerTarget.prepare("live-third", { ...ARGS, volume });
    await expect(third.redeploy({})).rejects.toThrow(
      `volume: "${volume}", which holds the data of shop/live-same/redis. Allowed: a volume of redis-topology/live-third/redis, one that no other topology has, or a new name. `,
    );
    await third.remove();
    await first.target.redeploy({});
    expect(await missingJobs(await first.clients.queue("jobs"), jobs)).toEqual([]);
  });

  test("a volume on which another server writes is not touched", async () => {
    const { target, clients } = keep(await DockerTarget.start("live-busy", ARGS));
    const { docker } = target.engine;
    await clients.close();
    const stranger = await docker.createContainer({
      Image: target.args.image,
      name: "live-busy-stranger",
      Cmd: ["redis-server", "--appendonly", "yes"],
      HostConfig: { Binds: ["live-busy-compose:/data"] },
    });
    try {
      await stranger.start();
      const other = await DockerTarget.prepare("live-beside", { ...ARGS, volume: "live-busy-compose" });
      await expect(other.redeploy({})).rejects.toThrow(
        'volume: "live-busy-compose", on which other containers write now: live-busy-stranger. Allowed: a volume that nobody else writes to: two servers on one destroy its files. ',
      );
      await other.remove();
      expect((await target.container(Role.Queue).inspect()).State.Running).toBe(true);
    } finally {
      await stranger.remove({ force: true, v: true });
      await docker.getVolume("live-busy-compose").remove();
    }
  });
});

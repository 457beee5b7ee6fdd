import { describe, expect, test } from "vitest";
import { adoptionProblem } from "../../components/backends/docker/adoption";
import type { FoundVolume, VolumeUser } from "../../components/backends/docker/ownership";
import {
  dataProblem,
  earlierProblem,
  filesProblem,
  sharedProblem,
} from "../../components/backends/docker/ownership";
import { describe as told } from "../../components/redis/problems";

const MINE = "shop/dev/redis";
const asking = { owner: MINE, containers: ["shop-dev-redis-queue", "shop-dev-redis-queue-config"] };
const volume = (more: Partial<FoundVolume>): FoundVolume => ({ name: "jobs", users: [], ...more });
const user = (more: Partial<VolumeUser>): VolumeUser => ({
  name: "compose-redis-1",
  running: true,
  writes: true,
  ...more,
});

describe("the volume that a queue is to have", () => {
  test.each<[string, FoundVolume]>([
    ["this topology's by its label", volume({ owner: MINE, users: [user({ owner: MINE })] })],
    ["one without label that nobody mounts", volume({})],
    ["one that a stopped container mounts", volume({ users: [user({ running: false })] })],
    ["one that is backed up", volume({ users: [user({ writes: false })] })],
    [
      "this topology's by its container's label, with a stranger beside it as before",
      volume({ users: [user({ owner: MINE }), user({ name: "shell" })] }),
    ],
    [
      "this topology's by the name of a container from before labels",
      volume({ users: [user({ name: "shop-dev-redis-queue" }), user({ name: "shell" })] }),
    ],
  ])("may be %s", (_, found) => {
    expect(dataProblem(asking, found)).toBeUndefined();
    expect([filesProblem(asking, found), sharedProblem(asking, found)]).toEqual([undefined, undefined]);
  });

  test.each<[string, FoundVolume]>([
    ["by its label", volume({ owner: "blog/dev/redis" })],
    ["by the label of a container", volume({ users: [user({ owner: "blog/dev/redis", running: false })] })],
  ])("is not another topology's, %s", (_, found) => {
    const problem = dataProblem(asking, found);
    expect(problem && told(problem)).toBe(
      'volume: "jobs", which holds the data of blog/dev/redis. Allowed: a volume of shop/dev/redis, one that no other topology has, or a new name. ' +
        "Set another one with `volume`. To have the data in both, copy it while blog/dev/redis is stopped: " +
        "`docker run --rm -v jobs:/from:ro -v <name>:/to redis:7.4-alpine cp -a /from/. /to/`.",
    );
    expect(filesProblem(asking, found)).toBe(
      'The engine has a volume "jobs" of blog/dev/redis, which is what the files of shop/dev/redis would be called. Give the stack or the topology another name, then run again.',
    );
    expect(sharedProblem(asking, found)).toBe(
      'The volume "jobs" in this stack\'s state holds the data of blog/dev/redis. Nothing was changed. ' +
        "Take it out of the state (`pulumi stack --show-urns`, then `pulumi state delete --force` with the URN that ends in its resource's name), " +
        "set `volume` to another name, then run again.",
    );
  });

  test("is not one on which others write now", () => {
    const problem = dataProblem(asking, volume({ users: [user({}), user({ name: "worker" })] }));
    expect(problem && told(problem)).toBe(
      'volume: "jobs", on which other containers write now: compose-redis-1, worker. Allowed: a volume that nobody else writes to: two servers on one destroy its files. ' +
        "Stop them for good (`docker stop compose-redis-1 worker`; what Compose runs, take out of its file too), then run again.",
    );
  });

  test("is not a new one beside one of the earlier name, unless that is somebody's", () => {
    const earlier = volume({ name: "dev-redis-queue-data" });
    const problem = earlierProblem(asking, "shop-dev-redis-queue-data", earlier);
    expect(problem && told(problem)).toBe(
      'volume: missing, and the engine has "dev-redis-queue-data", where an earlier version kept the queue of a stack of this name, of this project or another. Allowed: the name of the volume to use. ' +
        "If it holds this stack's jobs, set `volume: dev-redis-queue-data`. To begin with an empty queue, set `volume: shop-dev-redis-queue-data`.",
    );
    for (const users of [[user({})], [user({ owner: "blog/dev/redis", running: false })]]) {
      expect(earlierProblem(asking, "", { ...earlier, users })).toBeUndefined();
    }
    expect(earlierProblem(asking, "", { ...earlier, owner: "blog/dev/redis" })).toBeUndefined();
  });
});

describe("a volume that comes from elsewhere", () => {
  const adopted = { data: "jobs", user: "999:1000", image: "sha256:1" };
  const untouched = "Nothing was changed; a server that ran goes on.";
  const show = "`docker run --rm -v jobs:/data sha256:1 ls -lnR /data` shows them";
  const ending = (code: number | undefined, log = "") => {
    const problem = adoptionProblem(adopted, code, log);
    return problem && told(problem);
  };

  test("may be empty", () => {
    expect(ending(0)).toBeUndefined();
  });

  test.each<[number | undefined, string]>([
    [
      97,
      `user: 999:1000, who cannot read the files of volume "jobs". Allowed: their owner. ${untouched} Set \`user\` to it: ${show}.`,
    ],
    [
      98,
      `volume: "jobs", of which the engine has no room for a copy to try the server on. Allowed: as much room on the engine's disk as the files take, once. ${untouched} Make room, then run again.`,
    ],
    [
      99,
      `volume: "jobs", which holds files and none of a name that the server reads. Allowed: \`appendonlydir\`, \`appendonly.aof\`, \`dump.rdb\`, or an empty volume. ${untouched} Rename them if they are Redis' own, or choose another volume: ${show}.`,
    ],
    [
      137,
      `queue.maxMemory: less than what volume "jobs" needs to be loaded: the kernel ended the server. Allowed: at least what the queue held where it ran (\`INFO memory\`, used_memory). ${untouched} Raise it, then run again.`,
    ],
    [
      undefined,
      `volume: "jobs", which the server had not loaded after 600 s. Allowed: files that it loads in that time. ${untouched} Let it rewrite its AOF where it runs now (\`BGREWRITEAOF\`), or run again when the machine has less to do.`,
    ],
  ])("ends with %s", (code, message) => {
    expect(ending(code)).toBe(message);
  });

  test("is not what the server cannot load, in its own words", () => {
    const log = [
      "1:M 24 Nov 2026 14:00:00.000 # Server initialized",
      "1:M 24 Nov 2026 14:00:00.001 # Can't handle RDB format version 99",
      "1:M 24 Nov 2026 14:00:00.002 # Error reading the RDB preamble of the AOF file. AOF loading aborted.",
      "",
    ];
    expect(ending(1, log.join("\r\n"))).toBe(
      `volume: "jobs", whose files the server cannot load: Can't handle RDB format version 99. Allowed: files of the same version or an earlier one, undamaged. ${untouched} Set \`queue.version\` (or \`image\`) to what wrote them; for damaged ones see docs/operations/docker.md, Moving a Compose volume in.`,
    );
    expect(ending(1)).toContain("cannot load: it says nothing. Allowed");
  });
});

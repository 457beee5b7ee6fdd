import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { afterEach, describe, expect, test } from "vitest";
import { tarOf } from "../../../components/backends/docker/tar";
import { Role } from "../../../components/redis/roles";
import { addJobs, Clients, missingJobs } from "../clients";
import { missing } from "../require";
import { DockerTarget } from "./target";

const VOLUME = "live-adopt-compose";
const ARGS = { queue: { maxMemory: "32mb" }, protect: false, volume: VOLUME };
const UNTOUCHED = "Nothing was changed; a server that ran goes on.";
const UNLOADABLE = `volume: "${VOLUME}", whose files the server cannot load: `;

/** A volume that Compose made, with a queue's data, named in the stack file. */
describe.skipIf(missing("docker"))("a Compose volume", () => {
  const targets: DockerTarget[] = [];
  afterEach(async () => {
    for (const target of targets.splice(0)) {
      await target.remove();
      await target.engine.docker.getVolume(VOLUME).remove();
    }
  });
  async function prepare(): Promise<DockerTarget> {
    const target = await DockerTarget.prepare("live-adopt", ARGS);
    targets.push(target);
    return target;
  }

  /** A container with the volume, and others. */
  function onVolume({ engine: { docker }, args }: DockerTarget, script = "", more: string[] = []) {
    return docker.createContainer({
      Image: args.image,
      User: "999:1000",
      Cmd: ["sh", "-c", script],
      HostConfig: { Binds: [`${VOLUME}:/data`, ...more] },
    });
  }
  async function run(container: Docker.Container): Promise<void> {
    await container.start();
    const { StatusCode } = await container.wait();
    const log = String(await container.logs({ stdout: true, stderr: true }));
    await container.remove({ v: true });
    expect([StatusCode, log]).toEqual([0, log]);
  }
  async function put(target: DockerTarget, file: string, content: string, mode: number): Promise<void> {
    const container = await onVolume(target);
    await container.putArchive(tarOf(`data/${file}`, content, mode), { path: "/" });
    await container.remove({ v: true });
  }
  /** Contents, owners, rights and times. */
  async function files(target: DockerTarget): Promise<string> {
    const container = await onVolume(target);
    const archive = await buffer(await container.getArchive({ path: "/data" }));
    await container.remove({ v: true });
    return createHash("sha256").update(archive).digest("hex");
  }

  test("is used with its jobs, and neither renamed nor deleted by destroy", async () => {
    const target = await prepare();
    // A server of ours has written them; the copy has no label, as Compose's has none.
    const { volume: _, ...source } = ARGS;
    const made = await DockerTarget.start("live-adopt-source", source);
    const writers = new Clients(made);
    const jobs = await addJobs(await writers.queue("adopted"), 0, 50);
    await writers.close();
    await made.container(Role.Queue).stop();
    const from = "redis-topology-live-adopt-source-redis-queue-data:/from:ro";
    await run(await onVolume(target, "cp -R /from/. /data/", [from]));
    await made.remove();

    const clients = new Clients(target);
    await target.redeploy({});
    expect(await missingJobs(await clients.queue("adopted"), jobs)).toEqual([]);
    await clients.close();
    await target.redeploy({});
    expect(target.engine.done).toEqual([]);
    await target.engine.destroy();
    await target.engine.docker.getVolume(VOLUME).inspect();
    await target.redeploy({});
    expect(await missingJobs(await clients.queue("adopted"), jobs)).toEqual([]);
    await clients.close();
  });

  test("with only a snapshot is used too", async () => {
    const target = await prepare();
    const server = "redis-server --port 0 --unixsocket /data/s --daemonize yes --save ''";
    const client = "redis-cli -s /data/s";
    const script = `${server} && until ${client} set key value; do :; done && ${client} save && ${client} shutdown nosave`;
    await run(await onVolume(target, script));
    const clients = new Clients(target);
    await target.redeploy({});
    expect(await (await clients.redis(Role.Queue)).get("key")).toBe("value");
    await clients.close();
  });

  test.each<[string, [file: string, content: string, mode: number], string]>([
    [
      "of a newer version",
      ["dump.rdb", "REDIS0099garbage", 0o444],
      `${UNLOADABLE}Can't handle RDB format version 99. Allowed: files of the same version or an earlier one, undamaged. ${UNTOUCHED} ` +
        "Set `queue.version` (or `image`) to what wrote them; for damaged ones see docs/operations/docker.md, Moving a Compose volume in.",
    ],
    [
      "that are damaged",
      ["appendonly.aof", "what no Redis has written", 0o444],
      `${UNLOADABLE}Bad file format reading the append only file`,
    ],
    [
      "without the AOF's manifest",
      ["appendonlydir/appendonly.aof.1.incr.aof", "x", 0o444],
      `${UNLOADABLE}redis-topology: appendonlydir holds data but no manifest that names it.`,
    ],
    [
      "by other names",
      ["queue.rdb", "x", 0o444],
      `volume: "${VOLUME}", which holds files and none of a name that the server reads. Allowed: \`appendonlydir\`, \`appendonly.aof\`, \`dump.rdb\`, or an empty volume. ${UNTOUCHED} `,
    ],
    [
      "that the server may not read",
      ["dump.rdb", "x", 0o000],
      `user: 999:1000, who cannot read the files of volume "${VOLUME}". Allowed: their owner. ${UNTOUCHED} `,
    ],
  ])("is refused with files %s, which stay as they are", async (_, file, message) => {
    const target = await prepare();
    await put(target, ...file);
    const before = await files(target);
    await expect(target.redeploy({})).rejects.toThrow(message);
    expect(await files(target)).toBe(before);
    const filters = { name: ["live-adopt"] };
    expect(await target.engine.docker.listContainers({ all: true, filters })).toEqual([]);
  });
});

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOutputs } from "../../../cli/src/outputs";
import { verifyTopology } from "../../../cli/src/verifyTopology";
import { ROLES, Role } from "../../../components/redis/roles";
import { resolved } from "../../mocked/harness";
import { troubles } from "../cli-helpers";
import { addJobs, Clients, missingJobs } from "../clients";
import { livePromises } from "../promises";
import { missing } from "../require";
import { withRedis } from "../servers";
import { execute, runOnce } from "./execute";
import { DockerTarget } from "./target";

const ARGS = {
  cache: { maxMemory: "32mb", password: "a-password-of-the-cache" },
  queue: { maxMemory: "32mb", password: "a-password-of-the-queue" },
  protect: false,
};

describe.skipIf(missing("docker"))("a Docker engine", () => {
  livePromises("docker", (args) => DockerTarget.start("live", args, { health: "declared" }));

  describe("and what only docker promises", () => {
    let target: DockerTarget;
    let clients: Clients;
    beforeAll(async () => {
      target = await DockerTarget.start("live-own", ARGS);
      clients = new Clients(target);
    });
    afterAll(async () => {
      await clients?.close();
      await target?.remove();
    });

    test("verify finds what the outputs promise", async () => {
      const { result } = await target.program(target.args);
      const { backend, cache, queue, env, bullmq, network, guarantees } = result;
      const outputs = await resolved({ backend, cache, queue, env, bullmq, network, guarantees });
      expect(troubles(await verifyTopology(parseOutputs(JSON.stringify(outputs), "test")))).toEqual([]);
    });

    test("the engine shows no password, nor a hash of one", async () => {
      const { docker } = target.engine;
      const shown: unknown[] = [await docker.listContainers({ all: true }), await docker.listVolumes()];
      for (const name of ["redis-cache", "redis-queue", "redis-cache-upload", "redis-queue-upload"]) {
        const container = target.engine.container(name);
        shown.push(await container.inspect());
        shown.push(String(await container.logs({ stdout: true, stderr: true })));
      }
      const text = JSON.stringify(shown);
      expect(text).toContain("redis-topology-live-own-redis-queue");
      const probes = ROLES.map((role) => `made-for-live-own-redis-${role}-probe`);
      for (const secret of [...ROLES.map((role) => ARGS[role].password), ...probes]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(createHash("sha256").update(secret).digest("hex"));
      }
    });

    test.each(ROLES)("the %s is not root, has no capability and gets none", async (role) => {
      const { State } = await target.container(role).inspect();
      const status = readFileSync(`/proc/${State.Pid}/status`, "utf8");
      const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status)?.[1];
      expect(field("Uid")).toBe("999\t999\t999\t999");
      expect(field("Gid")).toBe("1000\t1000\t1000\t1000");
      expect([field("CapEff"), field("CapPrm"), field("CapBnd")]).toEqual(Array(3).fill("0000000000000000"));
      expect(field("NoNewPrivs")).toBe("1");
    });

    test.each(ROLES)("the %s can write nothing but /data", async (role) => {
      const write = (folder: string) =>
        execute(target.container(role), ["sh", "-c", `echo x > ${folder}/written`]);
      expect((await write("/data")).code).toBe(0);
      for (const folder of ["", "/tmp", "/etc", "/etc/redis-topology", "/bin", "/dev", "/dev/shm", "/run"]) {
        expect([folder, (await write(folder)).code]).not.toEqual([folder, 0]);
      }
    });

    test("the health check's user may PING and nothing else", async () => {
      const { host, port } = target.connection(Role.Queue);
      const probe = {
        host,
        port,
        username: "probe",
        password: "made-for-live-own-redis-queue-probe",
        enableReadyCheck: false,
      };
      const refused = (
        work: (redis: { get(key: string): Promise<unknown>; info(): Promise<string> }) => unknown,
      ) =>
        withRedis(probe, async (redis) => await work(redis)).catch(
          (error: Error) => error.message.split(" ")[0],
        );
      expect(await withRedis(probe, (redis) => redis.ping())).toBe("PONG");
      expect([await refused((redis) => redis.get("key")), await refused((redis) => redis.info())]).toEqual([
        "NOPERM",
        "NOPERM",
      ]);
    });

    test("the same program again changes nothing; a memory limit alone is changed in place", async () => {
      const { Id } = await target.container(Role.Queue).inspect();
      await target.redeploy({});
      expect(target.engine.done).toEqual([]);
      await target.redeploy({ queue: { memoryLimit: "200mb" } });
      expect(target.engine.done).toEqual(["update redis-queue-guard", "update redis-queue"]);
      const after = await target.container(Role.Queue).inspect();
      expect([after.Id, after.HostConfig.Memory, after.HostConfig.MemorySwap]).toEqual([
        Id,
        200 * 1024 * 1024,
        200 * 1024 * 1024,
      ]);
      await target.redeploy({});
    });

    test("a changed directive replaces that role's two containers, never the volume, after a clean stop", async () => {
      const jobs = await addJobs(await clients.queue("directive"), 0, 20);
      const { Id } = await target.container(Role.Cache).inspect();
      await target.redeploy({ queue: { config: { "lazyfree-lazy-expire": "yes" } } });
      expect(target.engine.done).toEqual([
        "update redis-queue-guard",
        "replace redis-queue-upload",
        "update redis-queue-limit",
        "replace redis-queue",
        "update redis-queue-memory",
      ]);
      expect((await target.container(Role.Cache).inspect()).Id).toBe(Id);
      expect(await missingJobs(await clients.queue("directive"), jobs)).toEqual([]);
      await target.container(Role.Queue).stop();
      // 137 would be a SIGKILL after a time-out that was too short.
      expect((await target.container(Role.Queue).inspect()).State.ExitCode).toBe(0);
      await target.container(Role.Queue).start();
    });

    test("an image that cannot be had fails before a running server is touched", async () => {
      const { Id } = await target.container(Role.Cache).inspect();
      await expect(target.redeploy({ image: "redis-topology/redis:never-built" })).rejects.toThrow(
        "No such image: redis-topology/redis:never-built",
      );
      expect((await target.container(Role.Cache).inspect()).Id).toBe(Id);
      expect(target.engine.done).toEqual([]);
    });

    test("an application's container on the network finds both roles by name", async () => {
      const { result } = await target.program(target.args);
      const NetworkMode = await resolved(result.network.name);
      const env = await resolved(result.network.env);
      const Env = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      expect([NetworkMode, env.REDIS_HOST, env.REDIS_QUEUE_HOST]).toEqual([
        "redis-topology-live-own-redis",
        "redis-cache",
        "redis-queue",
      ]);
      for (const prefix of ["REDIS", "REDIS_QUEUE"]) {
        const ping = `REDISCLI_AUTH=$${prefix}_PASSWORD redis-cli -h $${prefix}_HOST -p $${prefix}_PORT ping`;
        const options = { Cmd: ["sh", "-c", ping], Env, HostConfig: { NetworkMode } };
        expect(await runOnce(target.engine.docker, options)).toBe("PONG");
      }
    });

    test("two stacks share an engine, and destroying one keeps its queue for the next up", async () => {
      const other = await DockerTarget.start("live-other", ARGS);
      const others = new Clients(other);
      try {
        const jobs = await addJobs(await others.queue("jobs"), 0, 10);
        expect(await missingJobs(await clients.queue("jobs"), jobs)).toEqual(jobs);
        await others.close();
        await other.engine.destroy();
        expect(await (await clients.redis(Role.Queue)).ping()).toBe("PONG");
        await other.redeploy({});
        expect(await missingJobs(await others.queue("jobs"), jobs)).toEqual([]);
      } finally {
        await others.close();
        await other.remove();
      }
    });
  });
});

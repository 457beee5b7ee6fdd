import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DockerTopologyArgs } from "../../components/backends/docker/args";
import { DockerTopology } from "../../components/backends/docker/component";
import { startScript } from "../../components/backends/docker/start";
import type { Recording } from "./harness";
import { record, refusals, resolved } from "./harness";
import { subjects } from "./subjects";

const CONTAINER = "docker:index/container:Container";
const VOLUME = "docker:index/volume:Volume";
const VOLUME_GUARD = "pulumi-nodejs:dynamic/redis-topology:DockerVolumeGuard";
const NETWORK = "docker:index/network:Network";
const OWNED = [{ label: "redis-topology.owner", value: "redis-topology/dev/redis" }];

const run = (args: DockerTopologyArgs) =>
  record(() => new DockerTopology("redis", args), { stack: "dev", state: subjects.docker.state });

describe("defaults", () => {
  const defaults = () => run({ cache: {}, queue: {} });

  test("what is registered", async () => {
    expect((await defaults()).list()).toEqual([
      "redis-topology:index:DockerTopology redis",
      `${CONTAINER} redis-cache`,
      `${VOLUME} redis-cache-config`,
      "pulumi-nodejs:dynamic/redis-topology:DockerServerGuard redis-cache-guard",
      "docker:index/remoteImage:RemoteImage redis-cache-image",
      "pulumi-nodejs:dynamic/redis-topology:DockerServerLimit redis-cache-limit",
      "pulumi-nodejs:dynamic/redis-topology:DockerServerMemory redis-cache-memory",
      "random:index/randomPassword:RandomPassword redis-cache-password",
      "random:index/randomPassword:RandomPassword redis-cache-probe",
      `${CONTAINER} redis-cache-upload`,
      `${VOLUME_GUARD} redis-cache-volumes`,
      "docker:index/network:Network redis-network",
      "pulumi-nodejs:dynamic/redis-topology:DockerNetworkGuard redis-network-guard",
      `${CONTAINER} redis-queue`,
      `${VOLUME} redis-queue-config`,
      `${VOLUME} redis-queue-data`,
      "pulumi-nodejs:dynamic/redis-topology:DockerServerGuard redis-queue-guard",
      "docker:index/remoteImage:RemoteImage redis-queue-image",
      "pulumi-nodejs:dynamic/redis-topology:DockerServerLimit redis-queue-limit",
      "pulumi-nodejs:dynamic/redis-topology:DockerServerMemory redis-queue-memory",
      "random:index/randomPassword:RandomPassword redis-queue-password",
      "random:index/randomPassword:RandomPassword redis-queue-probe",
      `${CONTAINER} redis-queue-upload`,
      `${VOLUME_GUARD} redis-queue-volumes`,
    ]);
  });

  test("the queue's container", async () => {
    expect((await defaults()).get(CONTAINER, "redis-queue")).toEqual({
      type: CONTAINER,
      name: "redis-queue",
      custom: true,
      inputs: {
        name: "redis-topology-dev-redis-queue",
        image: "sha256:image",
        command: ["sh", "-c", startScript("redis-server")],
        user: "999:1000",
        networksAdvanced: [{ name: "redis-topology-dev-redis", aliases: ["redis-queue"] }],
        ports: [{ ip: "127.0.0.1", external: 6380, internal: 6380, protocol: "tcp" }],
        volumes: [
          {
            volumeName: "redis-topology-dev-redis-queue-config",
            containerPath: "/etc/redis-topology",
            readOnly: true,
          },
          { volumeName: "redis-topology-dev-redis-queue-data", containerPath: "/data" },
        ],
        labels: [
          { label: "redis-topology.settings", value: { secret: expect.stringMatching(/^[0-9a-f]{64}$/) } },
          { label: "redis-topology.owner", value: "redis-topology/dev/redis" },
        ],
        healthcheck: {
          tests: [
            "CMD-SHELL",
            'read -r REDISCLI_AUTH < /etc/redis-topology/probe; VALKEYCLI_AUTH=$REDISCLI_AUTH; export REDISCLI_AUTH VALKEYCLI_AUTH; case "$(redis-cli -p 6380 --user probe ping)" in PONG|LOADING*) exit 0;; *) exit 1;; esac',
          ],
          interval: "5s",
          timeout: "5s",
          retries: 6,
        },
        readOnly: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        ipcMode: "none",
        ulimits: [{ name: "nofile", soft: 10240, hard: 10240 }],
        memory: 640,
        memorySwap: 640,
        restart: "always",
        stopTimeout: 600,
        destroyGraceSeconds: 600,
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        wait: true,
      },
      options: {
        parent: "redis",
        deleteBeforeReplace: true,
        dependsOn: [
          "redis-network",
          "redis-queue-config",
          "redis-queue-data",
          "redis-queue-image",
          "redis-queue-limit",
          "redis-queue-password",
          "redis-queue-probe",
          "redis-queue-upload",
        ],
      },
    });
  });

  test("the cache's container differs in its port, its memory and in keeping nothing", async () => {
    const recording = await defaults();
    const queue = recording.get(CONTAINER, "redis-queue").inputs;
    const { inputs } = recording.get(CONTAINER, "redis-cache");
    const differing = Object.keys(inputs).filter(
      (key) => JSON.stringify(inputs[key]) !== JSON.stringify(queue[key]),
    );
    expect(differing.sort()).toEqual(
      [
        "command",
        "destroyGraceSeconds",
        "healthcheck",
        "labels",
        "memory",
        "memorySwap",
        "name",
        "networksAdvanced",
      ].concat(["ports", "stopTimeout", "tmpfs", "volumes"]),
    );
    expect(inputs).toMatchObject({
      command: ["redis-server", "/etc/redis-topology/redis.conf"],
      memory: 314,
      memorySwap: 314,
      stopTimeout: 30,
      destroyGraceSeconds: 30,
      tmpfs: { "/data": "rw,noexec,nosuid,nodev,size=1048576,mode=0700,uid=999,gid=1000" },
      volumes: [
        {
          volumeName: "redis-topology-dev-redis-cache-config",
          containerPath: "/etc/redis-topology",
          readOnly: true,
        },
      ],
    });
  });

  test("the container that carries the queue's files, and is never started", async () => {
    const hash = (text: string) => createHash("sha256").update(text).digest("hex");
    const [user, probe] = ["password", "probe"].map((kind) => hash(`made-for-redis-queue-${kind}`));
    const { inputs, options } = (await defaults()).get(CONTAINER, "redis-queue-upload");
    expect(inputs).toEqual({
      name: "redis-topology-dev-redis-queue-config",
      image: "sha256:image",
      command: ["true"],
      start: false,
      mustRun: false,
      networkMode: "none",
      labels: [{ label: "redis-topology.owner", value: "redis-topology/dev/redis" }],
      volumes: [
        { volumeName: "redis-topology-dev-redis-queue-config", containerPath: "/etc/redis-topology" },
      ],
      uploads: [
        {
          file: "/etc/redis-topology/redis.conf",
          permissions: "0444",
          content:
            "bind * -::*\nport 6380\ndir /data\naclfile /etc/redis-topology/users.acl\nmaxmemory-policy noeviction\nappendonly yes\nappendfsync everysec\nsave 900 1\nsave 300 10\nsave 60 10000\ninclude /etc/redis-topology/limit.conf\n",
        },
        {
          file: "/etc/redis-topology/users.acl",
          permissions: "0444",
          content: {
            secret: `user default on sanitize-payload #${user} ~* &* +@all\nuser probe on sanitize-payload #${probe} resetchannels -@all +ping\n`,
          },
        },
        {
          file: "/etc/redis-topology/probe",
          permissions: "0444",
          content: { secret: "made-for-redis-queue-probe\n" },
        },
      ],
    });
    expect(options).toEqual({
      parent: "redis",
      deleteBeforeReplace: true,
      dependsOn: [
        "redis-network",
        "redis-queue-config",
        "redis-queue-guard",
        "redis-queue-image",
        "redis-queue-password",
        "redis-queue-probe",
      ],
    });
  });

  test("the limit is written before the server's container and set after it, without a new container", async () => {
    const recording = await defaults();
    const limit = recording.get(
      "pulumi-nodejs:dynamic/redis-topology:DockerServerLimit",
      "redis-queue-limit",
    );
    const common = {
      owner: "redis-topology/dev/redis",
      engine: {},
      carrier: "redis-topology-dev-redis-queue-config",
      carrierId: "redis-queue-upload-id",
      maxMemory: 268435456,
    };
    expect(limit.inputs).toMatchObject(common);
    const memory = recording.get(
      "pulumi-nodejs:dynamic/redis-topology:DockerServerMemory",
      "redis-queue-memory",
    );
    expect(memory.inputs).toMatchObject({
      ...common,
      role: "queue",
      container: "redis-topology-dev-redis-queue",
      containerId: "redis-queue-id",
      cli: "redis-cli",
      port: 6380,
      password: { secret: "made-for-redis-queue-password" },
    });
    expect(memory.options.dependsOn).toContain("redis-queue");
    const containers = (given: Awaited<ReturnType<typeof run>>) =>
      ["redis-queue", "redis-queue-upload"].map((name) => {
        const { memory: _, memorySwap: __, ...rest } = given.get(CONTAINER, name).inputs;
        return rest;
      });
    const larger = await run({ cache: {}, queue: { maxMemory: "1gb" } });
    expect(larger.get(CONTAINER, "redis-queue").inputs.memory).toBe(2176);
    expect(containers(larger)).toEqual(containers(recording));
  });

  test("the volume outlives destroy, and nothing that its maker wrote on it replaces it", async () => {
    const { inputs, options } = (await defaults()).get(VOLUME, "redis-queue-data");
    expect(inputs).toEqual({ name: "redis-topology-dev-redis-queue-data", labels: OWNED });
    expect(options).toEqual({
      parent: "redis",
      protect: true,
      retainOnDelete: true,
      dependsOn: ["redis-network", "redis-queue-volumes"],
      ignoreChanges: ["driver", "driverOpts", "labels", "name"],
    });
  });

  test("a guard looks at the volumes first", async () => {
    const recording = await defaults();
    expect(recording.get(VOLUME_GUARD, "redis-queue-volumes").inputs).toMatchObject({
      role: "queue",
      owner: "redis-topology/dev/redis",
      engine: {},
      server: "redis-topology-dev-redis-queue",
      files: "redis-topology-dev-redis-queue-config",
      data: "redis-topology-dev-redis-queue-data",
      earlier: "dev-redis-queue-data",
      image: "sha256:image",
      program: "redis-server",
      user: "999:1000",
      memory: 640 * 1024 * 1024,
      maxMemory: 256 * 1024 * 1024,
    });
    const { inputs } = recording.get(VOLUME_GUARD, "redis-cache-volumes");
    expect([inputs.files, inputs.data, inputs.earlier]).toEqual([
      "redis-topology-dev-redis-cache-config",
      undefined,
      undefined,
    ]);
    const files = recording.get(VOLUME, "redis-queue-config");
    expect([files.inputs.labels, files.options.ignoreChanges]).toEqual([OWNED, ["labels"]]);
    expect(files.options.dependsOn).toContain("redis-queue-volumes");
  });

  test("images stay, and have a network of their own", async () => {
    const recording = await defaults();
    const image = recording.get("docker:index/remoteImage:RemoteImage", "redis-queue-image");
    expect([image.inputs, image.options]).toEqual([
      { name: "redis:7.4-alpine", keepLocally: true },
      { parent: "redis" },
    ]);
    const network = recording.get(NETWORK, "redis-network");
    expect([network.inputs, network.options]).toEqual([
      {
        name: "redis-topology-dev-redis",
        driver: "bridge",
        labels: [{ label: "redis-topology.owner", value: "redis-topology/dev/redis" }],
      },
      { parent: "redis", ignoreChanges: ["labels", "name"] },
    ]);
  });

  test("inside the network, the same passwords under other names", async () => {
    const { result } = await defaults();
    expect(await resolved(result.queue?.url ?? "")).toBe(
      "redis://default:made-for-redis-queue-password@127.0.0.1:6380",
    );
    expect(await resolved(result.network.name)).toBe("redis-topology-dev-redis");
    expect(await resolved(result.network.env)).toMatchObject({
      REDIS_URL: "redis://default:made-for-redis-cache-password@redis-cache:6379",
      REDIS_QUEUE_HOST: "redis-queue",
      REDIS_QUEUE_PORT: "6380",
      REDIS_QUEUE_BULLMQ: (await resolved(result.env)).REDIS_QUEUE_BULLMQ,
    });
  });
});

/** `type name` of what is on the engine. */
const onTheEngine = ({ resources }: Recording<unknown>) =>
  resources
    .filter(({ type }) => [CONTAINER, VOLUME, NETWORK].includes(type))
    .map(({ type, inputs }) => `${type} ${inputs.name}`);

test("two projects, and two topologies of a stack, share nothing on the engine", async () => {
  const names: string[] = [];
  for (const project of ["shop", "blog"]) {
    const recording = await record(
      () => [
        new DockerTopology("redis", { cache: {}, queue: {} }),
        new DockerTopology("other", { queue: {} }),
      ],
      { project, stack: "dev", state: subjects.docker.state },
    );
    names.push(...onTheEngine(recording));
  }
  expect(names).toHaveLength(26);
  expect(new Set(names).size).toBe(26);
});

test("a stack whose network has its name from an earlier version keeps every name", async () => {
  const recording = await record(() => new DockerTopology("redis", { cache: {}, queue: {} }), {
    stack: "dev",
    state: (args) => ({
      ...subjects.docker.state(args),
      // As ignoreChanges has it: the name that is in the state.
      ...(args.type === NETWORK && { name: "dev-redis" }),
    }),
  });
  expect(onTheEngine(recording).sort()).toEqual(
    [
      `${CONTAINER} dev-redis-cache`,
      `${CONTAINER} dev-redis-cache-config`,
      `${CONTAINER} dev-redis-queue`,
      `${CONTAINER} dev-redis-queue-config`,
      // What the program asks for, and the state overrules.
      `${NETWORK} redis-topology-dev-redis`,
      `${VOLUME} dev-redis-cache-config`,
      `${VOLUME} dev-redis-queue-config`,
      `${VOLUME} dev-redis-queue-data`,
    ].sort(),
  );
  const guards = recording.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  expect(JSON.stringify(guards)).not.toContain("redis-topology-dev-redis");
  const { inputs } = recording.get(VOLUME_GUARD, "redis-queue-volumes");
  // One that is called so is no other stack's.
  expect([inputs.data, inputs.earlier]).toEqual(["dev-redis-queue-data", "dev-redis-queue-data"]);
});

describe("overrides", () => {
  test("every setting of its own", async () => {
    const recording = await run({
      cache: { engine: "valkey", maxMemory: "4gb", port: 7000 },
      queue: { engine: "valkey", version: "8.1", memoryLimit: "1gb", config: { maxclients: "20000" } },
      protect: false,
      bind: "0.0.0.0",
      user: "1001",
      deleteData: true,
      host: "tcp://engine.example:2376",
      certPath: "/certs",
    });
    const engine = recording.get("pulumi:providers:docker", "redis-engine");
    expect(engine.inputs).toEqual({ host: "tcp://engine.example:2376", certPath: "/certs" });
    const docker = recording.resources.filter(({ type }) => type.startsWith("docker:"));
    expect(docker.map(({ options }) => options.provider)).toEqual(docker.map(() => "redis-engine"));
    expect(recording.get(CONTAINER, "redis-cache").inputs).toMatchObject({
      command: ["valkey-server", "/etc/redis-topology/redis.conf"],
      ports: [{ ip: "0.0.0.0", external: 7000, internal: 7000, protocol: "tcp" }],
      memory: 4538,
      tmpfs: { "/data": "rw,noexec,nosuid,nodev,size=1048576,mode=0700,uid=1001,gid=0" },
    });
    expect(recording.get(CONTAINER, "redis-queue").inputs).toMatchObject({
      user: "1001",
      memory: 1024,
      memorySwap: 1024,
      ulimits: [{ name: "nofile", soft: 20240, hard: 20240 }],
    });
    expect(recording.get("docker:index/remoteImage:RemoteImage", "redis-cache-image").inputs.name).toBe(
      "valkey/valkey:8-alpine",
    );
    expect(recording.get("docker:index/remoteImage:RemoteImage", "redis-queue-image").inputs.name).toBe(
      "valkey/valkey:8.1-alpine",
    );
    const volume = recording.get(VOLUME, "redis-queue-data");
    expect([volume.options.protect, volume.options.retainOnDelete]).toEqual([undefined, undefined]);
    expect(recording.result.guarantees.queue?.destroy).toEqual({
      kept: false,
      lossSeconds: 0,
      detail: "`deleteData` is true.",
      proof: expect.stringMatching(/^test\/live\//),
    });
    expect(await resolved(recording.result.cache?.host ?? "")).toBe("engine.example");
  });

  test("a volume that the stack names is used, changed when it changes, and kept at destroy", async () => {
    const recording = await run({ queue: {}, protect: false, volume: "redis-queue-data" });
    const { inputs, options } = recording.get(VOLUME, "redis-queue-data");
    expect([inputs.name, options.retainOnDelete]).toEqual(["redis-queue-data", true]);
    expect(options.ignoreChanges).toEqual(["driver", "driverOpts", "labels"]);
    const guard = recording.get(VOLUME_GUARD, "redis-queue-volumes").inputs;
    expect([guard.data, guard.earlier]).toEqual(["redis-queue-data", undefined]);
    expect(recording.get(CONTAINER, "redis-queue").inputs.volumes).toContainEqual({
      volumeName: "redis-queue-data",
      containerPath: "/data",
    });
    expect(
      await refusals(() => new DockerTopology("redis", { queue: {}, volume: "own", deleteData: true })),
    ).toEqual([
      "deleteData: true. Allowed: false beside `volume`: a volume that the stack names is never deleted. Remove one of the two; after a `destroy`, `docker volume rm` deletes the volume.",
    ]);
  });

  test("an image by digest, and an engine over ssh with its options", async () => {
    const image = `redis@sha256:${"0".repeat(64)}`;
    const recording = await run({
      queue: {},
      image,
      host: "ssh://ops@10.0.0.7",
      sshOptions: ["-i", "key"],
      bind: "10.0.0.7",
    });
    expect(recording.get("docker:index/remoteImage:RemoteImage", "redis-queue-image").inputs.name).toBe(
      image,
    );
    expect(recording.get("pulumi:providers:docker", "redis-engine").inputs).toEqual({
      host: "ssh://ops@10.0.0.7",
      sshOpts: JSON.stringify(["-i", "key"]),
    });
    expect(await resolved(recording.result.queue?.host ?? "")).toBe("10.0.0.7");
  });

  test("what only a new container applies changes its mark; memory does not", async () => {
    const mark = async (args: DockerTopologyArgs) =>
      (await run(args)).get(CONTAINER, "redis-queue").inputs.labels;
    const first = await mark({ queue: {} });
    expect(await mark({ queue: { memoryLimit: "800mb", maxMemory: "200mb" } })).toEqual(first);
    for (const changed of [{ port: 7001 }, { password: "another" }, { config: { timeout: "5" } }]) {
      expect(await mark({ queue: changed })).not.toEqual(first);
    }
  });
});

import { describe, expect, test } from "vitest";
import type { LightsailTopologyArgs } from "../../components/backends/lightsail/args";
import { LightsailTopology } from "../../components/backends/lightsail/component";
import type { FoundService } from "../../components/backends/lightsail/existing";
import { foundServiceProblems } from "../../components/backends/lightsail/existing";
import { planLightsail } from "../../components/backends/lightsail/plan";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { describe as describeProblem } from "../../components/redis/problems";
import { record, refusals, resolved } from "./harness";
import { subjects } from "./subjects";

const SERVICE = "aws:lightsail/containerService:ContainerService";
const DEPLOYMENT = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";

const START = [
  "set -eu",
  "umask 077",
  `printf '%s' "$REDIS_CONF" > redis.conf`,
  `printf '%s' "$REDIS_ACL" > users.acl`,
  "unset REDIS_CONF REDIS_ACL",
  'if [ "$(id -u)" = 0 ]; then chown redis . redis.conf users.acl; fi',
];

/** SHA-256 of the generated password, as an ACL file has it. */
const GENERATED = "#989e720f7065d1e0513151a97d41d3f0d9a760320f9317c18bd403cce569b0bf";

const create = (args: LightsailTopologyArgs) =>
  record(() => new LightsailTopology("r", args), { stack: "prod", state: subjects.lightsail.state });

test("defaults: a cache in a service of one node, without a public endpoint", async () => {
  const recording = await create({ cache: {} });
  expect(recording.list()).toEqual([
    "redis-topology:index:LightsailTopology r",
    "random:index/randomPassword:RandomPassword r-cache-password",
    `${DEPLOYMENT} r-deployment`,
    `${SERVICE} r-service`,
  ]);
  expect(recording.get(SERVICE, "r-service")).toEqual({
    type: SERVICE,
    name: "r-service",
    custom: true,
    inputs: {
      name: "redis-topology-prod-r-service",
      power: "nano",
      scale: 1,
      tags: { "pulumi:project": "redis-topology", "pulumi:stack": "prod", "redis-topology": "r" },
    },
    options: { parent: "r" },
  });
  expect(recording.get(DEPLOYMENT, "r-deployment")).toEqual({
    type: DEPLOYMENT,
    name: "r-deployment",
    custom: true,
    inputs: {
      serviceName: "redis-topology-prod-r-service",
      containers: {
        secret: [
          {
            containerName: "redis-cache",
            image: "redis:7.4-alpine",
            commands: [
              "sh",
              "-c",
              [...START, "exec docker-entrypoint.sh redis-server ./redis.conf"].join("\n"),
            ],
            environment: {
              REDIS_CONF:
                'maxmemory 268435456\nmaxmemory-policy allkeys-lru\nappendonly no\nsave ""\nport 6379\nbind * -::*\naclfile ./users.acl\n',
              REDIS_ACL: `user default on sanitize-payload ${GENERATED} ~* &* +@all\n`,
            },
            ports: { "6379": "TCP" },
          },
        ],
      },
    },
    options: { parent: "r", dependsOn: ["r-cache-password", "r-service"] },
  });
  const { cache, details } = recording.result;
  expect(await resolved(cache?.host ?? "")).toBe("redis-topology-prod-r-service.service.local");
  const entries = JSON.parse((await resolved(details))?.containers ?? "");
  expect(Object.keys(entries)).toEqual(["redis-cache"]);
  expect(Object.keys(entries["redis-cache"])).toEqual(["image", "environment", "ports", "command"]);
});

test("overrides: system C, an API beside a queue that accepts the loss", async () => {
  const { get, result } = await create({
    queue: {
      maxMemory: "256mb",
      acceptDataLoss: true,
      port: 6379,
      engine: "valkey",
      previousPassword: "old",
    },
    image: "valkey/valkey@sha256:0123",
    power: "small",
    scale: 1,
    app: [
      {
        name: "api",
        image: "shop/api:7",
        command: ["node", "server.js"],
        environment: { NODE_ENV: "production", REDIS_QUEUE_TLS: "ours" },
        ports: { "3000": "HTTP" },
      },
    ],
    appMemory: "1Gi",
    publicEndpoint: { container: "api", port: 3000, healthPath: "/health" },
    protect: false,
    tags: { team: "shop" },
  });
  expect(get(SERVICE, "r-service").inputs).toMatchObject({
    power: "small",
    scale: 1,
    tags: { team: "shop" },
  });
  expect(get(SERVICE, "r-service").options).toEqual({ parent: "r" });
  const { inputs } = get(DEPLOYMENT, "r-deployment");
  expect(inputs.publicEndpoint).toEqual({
    containerName: "api",
    containerPort: 3000,
    healthCheck: { path: "/health" },
  });
  const { secret } = inputs.containers as { secret: unknown };
  expect(secret).toMatchObject([
    { containerName: "redis-queue", image: "valkey/valkey@sha256:0123" },
    {
      containerName: "api",
      image: "shop/api:7",
      commands: ["node", "server.js"],
      environment: {
        NODE_ENV: "production",
        REDIS_QUEUE_BULLMQ: JSON.stringify(bullmqDefaults()),
        REDIS_QUEUE_HOST: "localhost",
        REDIS_QUEUE_PASSWORD: "Generated0123456789",
        REDIS_QUEUE_PORT: "6379",
        REDIS_QUEUE_TLS: "ours",
        REDIS_QUEUE_URL: "redis://default:Generated0123456789@localhost:6379",
      },
      ports: { "3000": "HTTP" },
    },
  ]);
  expect(JSON.stringify(secret)).toContain("exec docker-entrypoint.sh valkey-server ./redis.conf");
  expect(JSON.stringify(secret)).toContain(`${GENERATED} #`);
  // Nobody but the deployment's own containers uses it.
  expect(JSON.stringify(secret)).toContain("bind 127.0.0.1 -::1\\n");
  expect((secret as { ports?: unknown }[])[0]).not.toHaveProperty("ports");
  expect(await resolved(result.queue?.host ?? "")).toBe("localhost");
  expect(await resolved(result.queue?.inside ?? "")).toBe(
    'the containers of the Lightsail service redis-topology-prod-r-service (docs/operations/lightsail.md, "From inside")',
  );
  expect(await resolved(result.details)).not.toHaveProperty("privateDomain");
});

const web = { name: "web", image: "shop/web:7" };

test("with an app beside it, Redis opens its port to the Region where the stack says so", async () => {
  const { get, result } = await create({ cache: {}, app: [web], openToRegion: true });
  const { secret } = get(DEPLOYMENT, "r-deployment").inputs.containers as { secret: unknown };
  expect(secret).toMatchObject([{ ports: { "6379": "TCP" } }, { environment: { REDIS_HOST: "localhost" } }]);
  expect(JSON.stringify(secret)).toContain("bind * -::*\\n");
  expect(await resolved(result.details)).toHaveProperty(
    "privateDomain",
    "redis-topology-prod-r-service.service.local",
  );
});

const ECR = "123456789012.dkr.ecr.us-east-2.amazonaws.com/counselor/api:1.0.0";
const role = "arn:aws:iam::123456789012:role/amazon/lightsail/us-east-2/containers/api/puller";
const privateRegistryAccess = { ecrImagePullerRole: { isActive: true, principalArn: role } };

test("an image from a private ECR repository: the service has the role that pulls it, and names it", async () => {
  const { get, result } = await record(
    () => new LightsailTopology("r", { cache: { password: "ours" }, app: [{ ...web, image: ECR }] }),
    { state: ({ type }) => (type === SERVICE ? { privateRegistryAccess } : {}) },
  );
  expect(get(SERVICE, "r-service").inputs.privateRegistryAccess).toEqual({
    ecrImagePullerRole: { isActive: true },
  });
  expect(await resolved(result.details)).toHaveProperty("ecrPullerRole", role);
});

describe("a service that exists", () => {
  const api = { name: "api", image: ECR };
  const args: LightsailTopologyArgs = {
    queue: { acceptDataLoss: true, port: 6379 },
    existingService: "api",
    app: [api],
  };
  const into = (found: object, given: LightsailTopologyArgs = args) =>
    record(() => new LightsailTopology("r", given), {
      state: (resource) => {
        if (resource.type !== SERVICE) return subjects.lightsail.state?.(resource) ?? {};
        // What is read has an id, and no inputs.
        expect(resource).toMatchObject({ name: "r-existing-service", id: "api", inputs: {} });
        const service = { name: "api", power: "small", scale: 1, isDisabled: false, privateRegistryAccess };
        return { ...service, ...found };
      },
    });

  test("is deployed into, and nothing else is made", async () => {
    const { list, get, result } = await into({});
    expect(list()).toEqual([
      "redis-topology:index:LightsailTopology r",
      `${DEPLOYMENT} r-deployment`,
      "random:index/randomPassword:RandomPassword r-queue-password",
    ]);
    expect(get(DEPLOYMENT, "r-deployment").inputs).toMatchObject({
      serviceName: "api",
      containers: {
        secret: [
          { containerName: "redis-queue" },
          { containerName: "api", environment: { REDIS_QUEUE_HOST: "localhost" } },
        ],
      },
    });
    expect(await resolved(result.queue?.inside ?? "")).toContain("the Lightsail service api (");
    expect((await resolved(result.ways))?.queue).toMatchObject({
      logs: expect.arrayContaining(["api", "redis-queue"]),
      instead:
        'It answers to the containers of its own deployment alone: docs/operations/lightsail.md, "From inside", has one that looks.',
    });
    expect(await resolved(result.details)).toHaveProperty("ecrPullerRole", role);
  });

  test("is left alone where the team deploys itself", async () => {
    const { list, result } = await into({}, { ...args, app: [], deploy: false });
    expect(list().filter((entry) => entry.startsWith("aws:"))).toEqual([]);
    const entries = JSON.parse((await resolved(result.details))?.containers ?? "");
    expect(Object.keys(entries["redis-queue"])).toEqual(["image", "environment", "command"]);
  });

  const update = "aws lightsail update-container-service --service-name api";

  test.each<[string, Partial<FoundService>, string[]]>([
    ["fits", {}, []],
    ["has a size of later years", { power: "4xlarge" }, []],
    [
      "is too small",
      { power: "nano" },
      [
        `existingService: nano, 512Mi. Allowed: a node that holds 640Mi (queue) + 256Mi (app) = 896Mi. Run \`${update} --power micro\`.`,
      ],
    ],
    [
      "has two nodes",
      { scale: 2 },
      [
        `existingService: 2 nodes. Allowed: 1: every further node would be another Redis. Run \`${update} --scale 1\`, or give Redis a service of its own.`,
      ],
    ],
    [
      "is disabled",
      { isDisabled: true },
      [
        `existingService: disabled. Allowed: a service that takes deployments. Run \`${update} --no-is-disabled\`.`,
      ],
    ],
    [
      "cannot pull from ECR",
      { pullsFromEcr: false },
      [
        `existingService: a service without the role that pulls images from Amazon ECR. Allowed: one with it, since an image here comes from there. Run \`${update} --private-registry-access ecrImagePullerRole={isActive=true}\`, then let the role read the repository (docs/operations/lightsail.md, "Images from Amazon ECR").`,
      ],
    ],
  ])("that %s", (_, difference, problems) => {
    const found = { power: "micro", scale: 1, isDisabled: false, pullsFromEcr: true, ...difference };
    expect(foundServiceProblems("api", found, planLightsail(args)).map(describeProblem)).toEqual(problems);
  });
});

test("a team with a deployment file of its own gets the service and the entries", async () => {
  const { list, result } = await create({ cache: {}, deploy: false });
  expect(list().filter((entry) => entry.startsWith(DEPLOYMENT))).toEqual([]);
  expect(JSON.parse((await resolved(result.details))?.containers ?? "")).toHaveProperty("redis-cache");
  expect(await resolved(result.cache?.host ?? "")).toBe("localhost");
});

const LOSS = "A container service has no disk.";
const accepted = { queue: { acceptDataLoss: true } };

test.each<[string, LightsailTopologyArgs, string[]]>([
  [
    "a queue whose loss nobody has accepted",
    { queue: {} },
    [
      `queue.acceptDataLoss: this backend loses the queue (processCrash: ${LOSS} The container starts again empty. redeploy: ${LOSS} Every deployment, of the app too, starts new containers. hostCrash: ${LOSS}). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with \`queue.acceptDataLoss: true\`.`,
    ],
  ],
  [
    "more than one node",
    { ...accepted, scale: 2 },
    [
      "scale: 2. Allowed: 1: every further node would be another Redis behind the same name. Remove the setting; for more throughput raise `power`, or run the app in a service of its own.",
    ],
  ],
  [
    "a power that is too small, with the arithmetic",
    { cache: {}, ...accepted, app: [{ name: "api", image: "a:1" }], power: "micro", appMemory: "512Mi" },
    [
      "power: micro, 1Gi. Allowed: a node that holds 314Mi (cache) + 640Mi (queue) + 512Mi (app) = 1466Mi. Use small, or remove the setting.",
    ],
  ],
  [
    "more than the largest node holds",
    { cache: { maxMemory: "16gb" } },
    [
      "power: xlarge, 16Gi. Allowed: a node that holds 18055Mi (cache) = 18055Mi. Lower the data budgets or `appMemory`.",
    ],
  ],
  [
    "Redis on the Internet",
    { cache: {}, publicEndpoint: { container: "redis-cache", port: 6379 } },
    [
      "publicEndpoint.container: a text of 11 characters. Allowed: the name of a container in `app`; never Redis. Name the container that serves HTTP.",
    ],
  ],
  [
    "a public port that is not HTTP",
    { cache: {}, app: [{ name: "api", image: "a:1" }], publicEndpoint: { container: "api", port: 3000 } },
    [
      'publicEndpoint.port: 3000. Allowed: an HTTP or HTTPS port of that container. Add it to the container\'s ports: `{ "3000": "HTTP" }`.',
    ],
  ],
  [
    "names and ports that are wrong or taken",
    {
      cache: {},
      app: [
        { name: "Api", image: "a:1", ports: { "6379": "TCP", x: "HTTP" } },
        { name: "redis-cache", image: "a:1" },
      ],
    },
    [
      "app.0.name: a text of 3 characters. Allowed: 1 to 53 lower-case letters, digits and inner hyphens. Correct the name.",
      "app.0.ports.6379: taken by Redis. Allowed: a port that Redis does not have: all containers share one network namespace. Choose another port.",
      'app.0.ports.x: "HTTP". Allowed: a port from 1 to 65535 with HTTP, HTTPS, TCP, UDP. Correct port or protocol.',
      'app: two containers called "redis-cache". Allowed: different names. Rename one of them.',
    ],
  ],
  [
    "a port twice, since the containers share one network",
    {
      cache: {},
      app: [
        { name: "api", image: "a:1", ports: { "3000": "HTTP", "53": "UDP" } },
        { name: "admin", image: "a:1", ports: { "3000": "TCP", "53": "TCP" } },
      ],
    },
    [
      "app.1.ports.3000: the port of `app.0.ports.3000`. Allowed: a port of its own: all containers share one network namespace. Let one of them listen on another port.",
    ],
  ],
  [
    "a health path that no request has",
    {
      cache: {},
      app: [{ name: "api", image: "a:1", ports: { "3000": "HTTP" } }],
      publicEndpoint: { container: "api", port: 3000, healthPath: "health" },
    },
    [
      "publicEndpoint.healthPath: a text of 6 characters. Allowed: a path from the root, such as `/health`. Put a `/` before it.",
    ],
  ],
  [
    "a Redis that nobody could reach",
    { cache: {}, openToRegion: false },
    [
      "openToRegion: false. Allowed: true without an app: nobody could connect. Remove it, or add the containers that use Redis as `app`.",
    ],
  ],
  [
    "a service that exists and would lose its containers, with settings that it has itself",
    { cache: {}, existingService: "My_api", power: "micro", scale: 1, tags: {} },
    [
      "existingService: a text of 6 characters. Allowed: 1 to 63 lower-case letters, digits and inner hyphens. Name it as `aws lightsail get-container-services` does.",
      "power: given beside `existingService`. Allowed: one of the two. Remove it; the service has its own, and what it has is checked.",
      "scale: given beside `existingService`. Allowed: one of the two. Remove it; the service has its own, and what it has is checked.",
      "tags: given beside `existingService`. Allowed: one of the two. Remove it; the service has its own, and what it has is checked.",
      "app: empty. Allowed: the containers that the service runs: a deployment replaces them all. Describe them here, or say `deploy: false` and add the output `details.containers` to your own deployment.",
    ],
  ],
  [
    "more than ten containers",
    { cache: {}, app: Array.from({ length: 10 }, (_, index) => ({ name: `app${index}`, image: "a:1" })) },
    ["app: 11 containers. Allowed: at most 10 in a deployment, Redis among them. Merge some."],
  ],
  [
    "an app that would not be deployed",
    { cache: {}, deploy: false, app: [{ name: "api", image: "a:1" }] },
    [
      "app: given beside `deploy: false`. Allowed: one of the two. Remove it: the containers stand in your own deployment file then.",
    ],
  ],
  [
    "an image beside a version",
    { cache: { version: "7.2" }, image: "redis:7.4" },
    [
      "image, cache.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
    ],
  ],
  [
    "a disk",
    { queue: { acceptDataLoss: true, persistence: { size: "1Gi" } } },
    [
      "queue.persistence.size: given. Allowed: nothing on the lightsail backend: a container service has no disk. Remove the setting.",
    ],
  ],
])("refuses %s", async (_, args, problems) => {
  expect(await refusals(() => new LightsailTopology("t", args))).toEqual(problems);
});

import { expect, test } from "vitest";
import type { LightsailTopologyArgs } from "../../components/backends/lightsail/args";
import { LightsailTopology } from "../../components/backends/lightsail/component";
import { bullmqDefaults } from "../../components/redis/bullmq";
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
    { containerName: "redis-queue", image: "valkey/valkey@sha256:0123", ports: { "6379": "TCP" } },
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
  expect(await resolved(result.queue?.host ?? "")).toBe("localhost");
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
      `queue.acceptDataLoss: this backend loses the queue (processCrash: ${LOSS} The container starts again empty. redeploy: ${LOSS} Every deployment, of the app too, starts new containers. hostCrash: ${LOSS}). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with \`acceptDataLoss: true\` in the stack file.`,
    ],
  ],
  [
    "more than one node",
    { ...accepted, scale: 2 },
    [
      "lightsail.scale: 2. Allowed: 1: every further node would be another Redis behind the same name. Remove the setting; for more throughput raise `power`, or run the app in a service of its own.",
    ],
  ],
  [
    "a power that is too small, with the arithmetic",
    { cache: {}, ...accepted, app: [{ name: "api", image: "a:1" }], power: "micro", appMemory: "512Mi" },
    [
      "lightsail.power: micro, 1Gi. Allowed: a node that holds 314Mi (cache) + 640Mi (queue) + 512Mi (app) = 1466Mi. Use small, or remove the setting.",
    ],
  ],
  [
    "more than the largest node holds",
    { cache: { maxMemory: "16gb" } },
    [
      "lightsail.power: xlarge, 16Gi. Allowed: a node that holds 18055Mi (cache) = 18055Mi. Lower `maxMemory` or `appMemory`.",
    ],
  ],
  [
    "Redis on the Internet",
    { cache: {}, publicEndpoint: { container: "redis-cache", port: 6379 } },
    [
      "lightsail.publicEndpoint.container: a text of 11 characters. Allowed: the name of a container in `app`; never Redis. Name the container that serves HTTP.",
    ],
  ],
  [
    "a public port that is not HTTP",
    { cache: {}, app: [{ name: "api", image: "a:1" }], publicEndpoint: { container: "api", port: 3000 } },
    [
      'lightsail.publicEndpoint.port: 3000. Allowed: an HTTP or HTTPS port of that container. Add it to the container\'s ports: `{ "3000": "HTTP" }`.',
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
      "lightsail.app.0.name: a text of 3 characters. Allowed: 1 to 53 lower-case letters, digits and inner hyphens. Correct the name.",
      "lightsail.app.0.ports.6379: taken by Redis. Allowed: a port that Redis does not have: all containers share one network namespace. Choose another port.",
      'lightsail.app.0.ports.x: "HTTP". Allowed: a port from 1 to 65535 with HTTP, HTTPS, TCP, UDP. Correct port or protocol.',
      'lightsail.app: two containers called "redis-cache". Allowed: different names. Rename one of them.',
    ],
  ],
  [
    "more than ten containers",
    { cache: {}, app: Array.from({ length: 10 }, (_, index) => ({ name: `app${index}`, image: "a:1" })) },
    ["lightsail.app: 11 containers. Allowed: at most 10 in a deployment, Redis among them. Merge some."],
  ],
  [
    "an app that would not be deployed",
    { cache: {}, deploy: false, app: [{ name: "api", image: "a:1" }] },
    [
      "lightsail.app: given beside deploy: false. Allowed: one of the two. Remove it: the containers stand in your own deployment file then.",
    ],
  ],
  [
    "an image beside a version",
    { cache: { version: "7.2" }, image: "redis:7.4" },
    ["cache.version: given beside image. Allowed: one of the two. Remove one of the two."],
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

import { expect, test } from "vitest";
import type { DockerTopologyArgs } from "../../components/backends/docker/args";
import { DockerTopology } from "../../components/backends/docker/component";
import { planDocker } from "../../components/backends/docker/plan";
import type { ExternalTopologyArgs } from "../../components/backends/external/args";
import { ExternalTopology } from "../../components/backends/external/component";
import { planExternal } from "../../components/backends/external/plan";
import { ProcessTopology } from "../../components/backends/process/component";
import { planProcess } from "../../components/backends/process/plan";
import type { Topology } from "../../components/contract";
import { describeAll } from "../../components/redis/problems";
import { prometheusFiles } from "../../components/redis/prometheus";
import { record, resolved } from "./harness";
import { subjects } from "./subjects";

const CONTAINER = "docker:index/container:Container";
const SERVER = "pulumi-nodejs:dynamic/redis-topology:RedisServer";

const docker = (args: DockerTopologyArgs) =>
  record(() => new DockerTopology("redis", args), { stack: "dev", state: subjects.docker.state });

/** Job and targets of the scrape configuration in the outputs. */
async function scraped({ details }: Topology) {
  const { prometheusScrape = "{}" } = (await resolved(details ?? {})) as Record<string, string>;
  const { scrape_configs: jobs } = JSON.parse(prometheusScrape) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[]; labels: object }[] }[];
  };
  return jobs.map(({ job_name, static_configs }) => [job_name, ...static_configs]);
}

test("docker: without `monitoring` there is no exporter, and nothing about it in the outputs", async () => {
  const recording = await docker({ cache: {}, queue: {} });
  expect(recording.list().filter((resource) => resource.includes("exporter"))).toEqual([]);
  expect(recording.result.details).toBeUndefined();
});

test("docker: an exporter for each role, its password in a file only", async () => {
  const recording = await docker({
    cache: {},
    queue: { bullmq: { prefix: "{jobs}" } },
    monitoring: { queues: ["mail"], exporterPorts: { queue: 9200 } },
  });
  const container = recording.get(CONTAINER, "redis-queue-exporter");
  expect(container.inputs).toEqual({
    name: "redis-topology-dev-redis-queue-exporter",
    image: "sha256:image",
    entrypoints: ["/redis_exporter"],
    command: [
      "--redis.addr=redis://redis-queue:6380",
      "--redis.password-file=/etc/redis-exporter/passwords.json",
      "--web.listen-address=:9121",
      `--check-single-keys=${["wait", "prioritized", "active", "delayed", "completed", "failed"]
        .map((state) => `db0={jobs}:mail:${state}`)
        .join(",")}`,
    ],
    uploads: [
      {
        file: "/etc/redis-exporter/passwords.json",
        content: { secret: '{"redis://redis-queue:6380":"made-for-redis-queue-password"}' },
        permissions: "0444",
      },
    ],
    user: "59000:59000",
    networksAdvanced: [{ name: "redis-topology-dev-redis", aliases: ["redis-queue-exporter"] }],
    ports: [{ ip: "127.0.0.1", external: 9200, internal: 9121, protocol: "tcp" }],
    labels: [{ label: "redis-topology.owner", value: "redis-topology/dev/redis" }],
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    memory: 64,
    memorySwap: 64,
    restart: "always",
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
  });
  expect(recording.get("docker:index/remoteImage:RemoteImage", "redis-exporter-image").inputs).toEqual({
    name: "docker.io/oliver006/redis_exporter:v1.88.0",
    keepLocally: true,
  });
  expect(await scraped(recording.result)).toEqual([
    [
      "redis-topology-dev-redis",
      { targets: ["127.0.0.1:9121"], labels: { role: "cache" } },
      { targets: ["127.0.0.1:9200"], labels: { role: "queue" } },
    ],
  ]);
});

test("process: the exporter is the server's, and the files stand beside the units in the outputs", async () => {
  const recording = await record(
    () => new ProcessTopology("redis", { queue: {}, supervise: "systemd", monitoring: { queues: ["mail"] } }),
    { stack: "prod", state: subjects.process.state },
  );
  expect(recording.get(SERVER, "redis-queue").inputs.exporter).toEqual({
    port: 9122,
    keys: expect.stringMatching(/^db0=bull:mail:wait,/),
  });
  expect(Object.keys((await resolved(recording.result.details ?? {})) as object)).toEqual([
    "queueUnit",
    "prometheusRules",
    "prometheusScrape",
  ]);
  expect(await scraped(recording.result)).toEqual([
    ["redis-topology-prod-redis", { targets: ["127.0.0.1:9122"], labels: { role: "queue" } }],
  ]);
});

test("external: the files for an exporter that somebody runs", async () => {
  const recording = await record(
    () =>
      new ExternalTopology("redis", {
        queue: {},
        queueServer: { host: "127.0.0.1" },
        monitoring: { exporters: { queue: "metrics.example:9121" }, thresholds: { connections: 50 } },
      }),
    { stack: "prod", state: subjects.external.state },
  );
  expect(await scraped(recording.result)).toEqual([
    ["redis-topology-prod-redis", { targets: ["metrics.example:9121"], labels: { role: "queue" } }],
  ]);
  const { prometheusRules } = (await resolved(recording.result.details ?? {})) as Record<string, string>;
  expect(prometheusRules).toBe(
    prometheusFiles("redis-topology-prod-redis", [{ role: "queue", address: "x" }], {
      thresholds: { connections: 50 },
    }).prometheusRules,
  );
});

const lines = (problems: Parameters<typeof describeAll>[1]) =>
  problems.length === 0 ? [] : describeAll("", problems).split("\n  - ").slice(1);

test("ports that collide or are none, and queues that the exporter cannot name, are refused", () => {
  const monitoring = { queues: ["a:b"], exporterPorts: { cache: 6380, queue: 0 } };
  expect(lines(planDocker({ cache: {}, queue: {}, monitoring }).problems)).toEqual([
    "monitoring.queues: a text of 3 characters. Allowed: names of BullMQ queues, without spaces, colons, commas and equals signs. Give the name as in `new Queue(name)`.",
    "monitoring.exporterPorts.cache: 6380, which is taken by the queue. Allowed: a port from 1 to 65535 of its own. Give it another.",
    "monitoring.exporterPorts.queue: 0. Allowed: a port from 1 to 65535 of its own. Give it another.",
  ]);
  expect(planDocker({ queue: {}, monitoring: { exporterPorts: { cache: 6380 } } }).problems).toEqual([]);
});

test("process: an exporter without a systemd to run it is refused", () => {
  expect(lines(planProcess({ queue: {}, monitoring: {} }).problems)).toEqual([
    "monitoring: given without `supervise`. Allowed: supervised servers, whose systemd runs the exporters too. Set `supervise`, or remove it.",
  ]);
  expect(planProcess({ queue: {}, monitoring: { exporter: false } }).problems).toEqual([]);
});

test.each<[string, NonNullable<ExternalTopologyArgs["monitoring"]>["exporters"], string[]]>([
  ["an address", { queue: "[fd00::7]:9121" }, []],
  [
    "none",
    {},
    [
      "monitoring.exporters.queue: missing. Allowed: host:port of the role's redis_exporter, without scheme and path. Run one (docs/operations/monitoring.md), and say where it answers.",
    ],
  ],
  [
    "a URL, and a role that is not there",
    { cache: "x:1", queue: "http://x:9121" },
    [
      "monitoring.exporters.cache: given without `cache`. Allowed: only together with `cache`. Remove it, or add `cache: {}`.",
      "monitoring.exporters.queue: a text of 13 characters. Allowed: host:port of the role's redis_exporter, without scheme and path. Run one (docs/operations/monitoring.md), and say where it answers.",
    ],
  ],
])("external: %s", (_, exporters, problems) => {
  const plan = planExternal({ queue: {}, queueServer: { host: "127.0.0.1" }, monitoring: { exporters } });
  expect(lines(plan.problems)).toEqual(problems);
});

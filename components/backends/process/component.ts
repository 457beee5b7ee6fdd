import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import type { TopologyOptions } from "../../options";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import { toldGuarantees } from "../../planning/guarantees";
import type { RolePlan, TopologyPlan } from "../../planning/plan";
import { rolePlans } from "../../planning/plan";
import type { PrometheusFiles } from "../../planning/prometheus";
import { prometheusFiles } from "../../planning/prometheus";
import { exporterPort, jobKeys } from "../../redis/exporter";
import type { Guarantees } from "../../redis/guarantees";
import type { Role } from "../../redis/roles";
import type { Thresholds } from "../../redis/thresholds";
import type { Ways } from "../../redis/ways";
import { refuse } from "../refuse";
import type { ProcessTopologyArgs } from "./args";
import { HOST, planProcess, traits } from "./plan";
import { PROOFS } from "./proofs";
import type { RedisServerInputs } from "./redisServer";
import { RedisServer } from "./redisServer";
import { unitName } from "./unit";
import { processWays } from "./ways";

/** The topology as redis-server (or valkey-server) processes of this host; no Docker, no cloud. */
export class ProcessTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly details?: pulumi.Output<Record<string, string>>;
  readonly alerts?: Thresholds;
  readonly ways?: pulumi.Output<Ways>;

  constructor(name: string, args: ProcessTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:ProcessTopology", name, {}, opts);
    const plan = planProcess(args);
    refuse(name, plan.problems, this, opts);
    const directory = path.resolve(args.directory ?? defaultDirectory(name));
    const server = (role: RolePlan | undefined) =>
      role && createServer(this, name, directory, role, args, opts);

    const places = rolePlans(plan).map(({ role }) => placeOf(name, directory, role));
    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server(plan.cache),
      queue: server(plan.queue),
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      alerts: args.monitoring?.thresholds,
      ...(args.supervise !== undefined && { details: { ...units(places), ...watchFiles(name, plan, args) } }),
      ways: processWays(places.map((place) => ({ ...place, supervise: args.supervise }))),
    });
    announceGuarantees(outputs.guarantees, this);

    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.guarantees = outputs.guarantees;
    this.details = outputs.details;
    this.alerts = outputs.alerts;
    this.ways = outputs.ways;
    this.registerOutputs({ ...outputs });
  }
}

/** The program's own topology is called `redis` and lies directly under its stack. */
function defaultDirectory(name: string): string {
  return path.join(".redis-topology", pulumi.getStack(), ...(name === "redis" ? [] : [name]));
}

type Place = Pick<RedisServerInputs, "role" | "owner" | "directory">;

function placeOf(name: string, directory: string, role: Role): Place {
  return {
    role,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
    directory: path.join(directory, role),
  };
}

/** The unit of each server, for `systemctl status` and `journalctl -u`. */
function units(places: readonly Place[]): Record<string, string> {
  return Object.fromEntries(places.map((one) => [`${one.role}Unit`, unitName(one)]));
}

/** The exporter beside a role's server, where the stack wants one. */
function exporterOf(
  role: Role,
  { monitoring, queue }: ProcessTopologyArgs,
): Pick<RedisServerInputs, "exporter"> {
  const port = exporterPort(role, monitoring);
  if (port === undefined) return {};
  const keys = role === "queue" ? jobKeys(monitoring?.queues ?? [], queue?.bullmq?.prefix) : "";
  return { exporter: { port, keys } };
}

/** Prometheus' own files, where there are exporters. */
function watchFiles(
  name: string,
  plan: TopologyPlan,
  args: ProcessTopologyArgs,
): PrometheusFiles | undefined {
  const scraped = rolePlans(plan).flatMap(({ role }) => {
    const port = exporterPort(role, args.monitoring);
    return port === undefined ? [] : [{ role, address: `${HOST}:${port}` }];
  });
  if (scraped.length === 0) return undefined;
  return prometheusFiles(`${pulumi.getProject()}-${pulumi.getStack()}-${name}`, scraped, {
    ...args.monitoring,
    thresholds: { ...args.alerts, ...args.monitoring?.thresholds },
  });
}

function createServer(
  parent: ProcessTopology,
  name: string,
  directory: string,
  plan: RolePlan,
  args: ProcessTopologyArgs,
  { section }: TopologyOptions = {},
): RedisServer {
  const { role, port, directives, persists, engine, version, memoryLimit } = plan;
  const given = args[role];
  return new RedisServer(
    `${name}-${role}`,
    {
      ...placeOf(name, directory, role),
      host: HOST,
      port,
      directives,
      persists,
      deleteData: args.deleteData ?? false,
      ...(args.supervise !== undefined && { supervise: args.supervise, memoryLimit }),
      ...exporterOf(role, args),
      ...(engine !== undefined && { engine }),
      ...(version !== undefined && { version }),
      ...(given?.password !== undefined && { password: pulumi.secret(given.password) }),
      ...(given?.previousPassword !== undefined && {
        previousPassword: pulumi.secret(given.previousPassword),
      }),
      ...(section !== undefined && { section }),
    },
    { parent, protect: persists && (args.protect ?? true) },
  );
}

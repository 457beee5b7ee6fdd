import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, PrivateNetwork, Topology } from "../../contract";
import type { TopologyOptions } from "../../options";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import type { Guarantees } from "../../redis/guarantees";
import { toldGuarantees } from "../../redis/guarantees";
import type { RolePlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import type { Ways } from "../../redis/ways";
import { refuse } from "../refuse";
import { endpointHost } from "./address";
import type { DockerTopologyArgs } from "./args";
import { createExporters, watchFiles } from "./exporter";
import { planDocker, traits } from "./plan";
import { PROOFS } from "./proofs";
import type { Place } from "./resources";
import { createNetwork, createServer } from "./resources";
import { dockerWays } from "./ways";

/** The topology as containers on a Docker engine, with a network that application containers can join. */
export class DockerTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly network: PrivateNetwork;
  readonly guarantees: Guarantees;
  readonly ways?: pulumi.Output<Ways>;
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: DockerTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:DockerTopology", name, {}, opts);
    const plan = planDocker(args);
    refuse(name, plan.problems, this, opts);
    const place = createPlace(this, name, args, opts);
    const server = (role: RolePlan | undefined) => role && createServer(place, plan, role, args);
    const inside = { cache: server(plan.cache), queue: server(plan.queue) };
    const watched = rolePlans(plan).flatMap((role) => {
      const found = inside[role.role];
      return found ? [{ role, server: found }] : [];
    });
    createExporters(place, watched, args);

    const ways = place.prefix.apply((prefix) => dockerWays(args, plan, prefix));
    const host = endpointHost(plan.bind, plan.engine);
    const details = watchFiles(`${pulumi.getProject()}-${pulumi.getStack()}-${name}`, plan, args);
    const rest = {
      backend: traits.name,
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      ways,
      ...(details && { details: { ...details } }),
    };
    const outputs = topologyOutputs({
      ...rest,
      cache: inside.cache && { ...inside.cache, host },
      queue: inside.queue && { ...inside.queue, host },
    });
    const network = { name: place.network.name, env: topologyOutputs({ ...rest, ...inside }).env };
    announceGuarantees(outputs.guarantees, this);

    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.network = network;
    this.guarantees = outputs.guarantees;
    this.ways = outputs.ways;
    this.details = outputs.details;
    this.registerOutputs({ ...outputs, network });
  }
}

/** Where the servers go: an engine, and a network of their own on it. */
function createPlace(
  parent: DockerTopology,
  name: string,
  args: DockerTopologyArgs,
  { section }: TopologyOptions = {},
): Place {
  const provider = createEngine(parent, name, args);
  const child = { parent, ...(provider && { provider }) };
  const { host, certPath, sshOptions } = args;
  const access = {
    ...(host !== undefined && { host }),
    ...(certPath !== undefined && { certPath }),
    ...(sshOptions !== undefined && { sshOptions }),
  };
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const place = { parent, name, owner: `${project}/${stack}/${name}`, access, section, child };
  const network = createNetwork(place, [project, stack, name].join("-"));
  return { ...place, network, prefix: network.name, earlierPrefix: `${stack}-${name}` };
}

/** The engine that the args name; without one, the provider has its own. */
function createEngine(
  parent: DockerTopology,
  name: string,
  { host, certPath, sshOptions }: DockerTopologyArgs,
): docker.Provider | undefined {
  if (host === undefined) return undefined;
  return new docker.Provider(`${name}-engine`, { host, certPath, sshOpts: sshOptions }, { parent });
}

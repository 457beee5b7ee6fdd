import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import type { TopologyOptions } from "../../options";
import type { Server } from "../../outputs";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import type { Guarantees } from "../../redis/guarantees";
import { toldGuarantees } from "../../redis/guarantees";
import type { RolePlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import { Role } from "../../redis/roles";
import type { Ways } from "../../redis/ways";
import { awsCommand } from "../aws/command";
import { rolePassword, validPasswords } from "../passwords";
import { refuse } from "../refuse";
import type { LightsailTopologyArgs } from "./args";
import { redisContainer } from "./container";
import { deploy, deploymentJson } from "./deployment";
import type { LightsailPlan } from "./plan";
import { planLightsail, traits } from "./plan";
import { PROOFS } from "./proofs";
import { containerService } from "./service";
import { containerWays } from "./ways";

/** The topology as containers of one Lightsail container service, with the user's app beside them. */
export class LightsailTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly ways?: pulumi.Output<Ways>;
  /**
   * `containers`: Redis' entries for a deployment file, as JSON. `privateDomain`: the service's name for others in the
   * Region, where Redis is open to them. `ecrPullerRole`: ARN that an ECR repository must let in, where one is used. Secret.
   */
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LightsailTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:LightsailTopology", name, {}, opts);
    const plan = planLightsail(args);
    refuse(name, plan.problems, this, opts);
    const service = containerService(this, name, args, plan, opts);
    const privateDomain = pulumi.interpolate`${service.name}.service.local`;
    const roles = rolePlans(plan).map((role) => prepare(this, name, role, args, plan));
    const address = plan.beside
      ? { host: "localhost", inside: inside(service.name) }
      : { host: privateDomain };
    const server = (wanted: Role): Server | undefined =>
      roles
        .filter(({ role }) => role === wanted)
        .map(({ port, password }) => ({ ...address, port, password }))[0];
    const redis = pulumi.secret(pulumi.all(roles.map(({ container }) => container)));

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server(Role.Cache),
      queue: server(Role.Queue),
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      ways: Object.fromEntries(
        roles.map(({ role }) => [role, containerWays(role, service.plainName, plan.open, awsCommand())]),
      ),
      details: {
        containers: redis.apply(deploymentJson),
        ...(plan.open && { privateDomain }),
        ...(plan.pullsFromEcr && { ecrPullerRole: service.ecrRole }),
      },
    });
    if (plan.deploys) deploy(this, name, args, { serviceName: service.name, redis, env: outputs.env });
    announceGuarantees(outputs.guarantees, this);

    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.guarantees = outputs.guarantees;
    this.ways = outputs.ways;
    this.details = outputs.details;
    this.registerOutputs({ ...outputs });
  }
}

function inside(service: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`the containers of the Lightsail service ${service} (docs/operations/lightsail.md, "From inside")`;
}

function prepare(
  parent: LightsailTopology,
  name: string,
  plan: RolePlan,
  args: LightsailTopologyArgs,
  { open }: LightsailPlan,
) {
  const { role, port } = plan;
  const given = args[role] ?? {};
  const password = rolePassword(parent, name, role, given);
  const container = validPasswords(password, given).apply((all) =>
    redisContainer(plan, { image: args.image, open }, all),
  );
  return { role, port, password, container };
}

import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import { runError } from "../../errors";
import type { TopologyOptions } from "../../options";
import type { Server } from "../../outputs";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import { HASH_TAG_PREFIX } from "../../redis/bullmq";
import type { Guarantees } from "../../redis/guarantees";
import { toldGuarantees } from "../../redis/guarantees";
import { describeAll } from "../../redis/problems";
import { settingName, told } from "../../redis/sentence";
import type { Ways } from "../../redis/ways";
import { awsCommand } from "../aws/command";
import { rolePassword } from "../passwords";
import { refuse } from "../refuse";
import { createAlarms } from "./alarms";
import type { ElasticacheTopologyArgs } from "./args";
import { contextOf } from "./context";
import { watchPolicy } from "./drift";
import { createGroup } from "./group";
import type { GroupPlan } from "./plan";
import { planElasticache, traits } from "./plan";
import { PROOFS } from "./proofs";
import { storeConnection } from "./secret";
import { createParameterGroup, createSecurityGroup, createSubnetGroup } from "./surroundings";
import { tokenProblems } from "./token";
import { groupWays } from "./ways";

/** The topology as ElastiCache replication groups, one a role. */
export class ElasticacheTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly ways?: pulumi.Output<Ways>;
  /** `cacheSecretArn` and `queueSecretArn`: where Secrets Manager holds the connections. */
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ElasticacheTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:ElasticacheTopology", name, {}, opts);
    const plan = planElasticache(args);
    refuse(name, plan.problems, this, opts);
    warn(plan.groups, this, opts?.section);
    const subnets = createSubnetGroup(contextOf(this, name, "subnets", args), args);
    const servers = plan.groups.map((group) => createServer(this, name, args, group, subnets.name, opts));
    const server = (role: string) => servers.find((candidate) => candidate.role === role)?.server;

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server("cache"),
      queue: server("queue"),
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      ways: Object.fromEntries(servers.map(({ role, ways }) => [role, ways])),
      details: Object.fromEntries(servers.map(({ role, secretArn }) => [`${role}SecretArn`, secretArn])),
    });
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

function warn(groups: readonly GroupPlan[], component: pulumi.Resource, section: string | undefined): void {
  for (const { key, says } of groups.flatMap(({ warnings }) => warnings))
    pulumi.log.warn(`${settingName(key, section)}: ${told(says, section)}`, component);
}

function createServer(
  component: ElasticacheTopology,
  name: string,
  args: ElasticacheTopologyArgs,
  plan: GroupPlan,
  subnetGroupName: pulumi.Input<string>,
  opts?: TopologyOptions,
) {
  const { role, port, durability } = plan;
  const context = contextOf(component, name, role, args, opts);
  const password = rolePassword(component, name, role, args[role] ?? {}).apply((text) => checked(role, text));
  const parameters = createParameterGroup(context, plan);
  watchPolicy(context, role, parameters);
  const group = createGroup(context, args, plan, {
    subnetGroupName,
    securityGroupId: createSecurityGroup(context, args, plan).id,
    parameterGroupName: parameters.name,
    authToken: password,
  });
  createAlarms(context, args, plan, group);
  const durable = durability !== undefined;
  const server: Server = {
    host: durable ? group.configurationEndpointAddress : group.primaryEndpointAddress,
    port,
    password,
    tls: true,
    ...(durable && { prefix: args.queue?.bullmq?.prefix ?? HASH_TAG_PREFIX }),
  };
  return {
    role,
    server,
    ways: groupWays(args, plan, context.groupId, awsCommand()),
    secretArn: storeConnection(context, args, role, server),
  };
}

/** A password that was not known to the plan is checked when it is. */
function checked(role: GroupPlan["role"], password: string): string {
  const problems = tokenProblems(role, password);
  if (problems.length === 0) return password;
  throw runError(describeAll(`The ${role}'s group cannot be created`, problems));
}

import { ContainerService } from "@pulumi/aws/lightsail/containerService";
import { ContainerServiceDeploymentVersion } from "@pulumi/aws/lightsail/containerServiceDeploymentVersion";
import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import type { Server } from "../../outputs";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import type { Guarantees } from "../../redis/guarantees";
import type { RolePlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import { Role } from "../../redis/roles";
import type { Ways } from "../../redis/ways";
import { awsCommand } from "../aws/command";
import { nameInAws, ownTags } from "../aws/names";
import { rolePassword, validPasswords } from "../passwords";
import { refuse } from "../refuse";
import type { AppContainer, LightsailTopologyArgs } from "./args";
import type { Container } from "./container";
import { redisContainer } from "./container";
import { planLightsail, traits } from "./plan";
import { containerWays } from "./ways";

/** Lightsail API, `ContainerServiceName`. */
const SERVICE_NAME_LIMIT = 63;

/** The topology as containers of one Lightsail container service, with the user's app beside them. */
export class LightsailTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly ways?: pulumi.Output<Ways>;
  /** `containers`: Redis' entries for a deployment file, as JSON. `privateDomain`: the service's name for others in the Region. Secret. */
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LightsailTopologyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("redis-topology:index:LightsailTopology", name, {}, opts);
    const plan = planLightsail(args);
    refuse(name, plan.problems, this);
    const serviceName = nameOfService(name);
    const service = createService(this, name, serviceName, args, plan.power);
    const privateDomain = pulumi.interpolate`${service.name}.service.local`;
    const roles = rolePlans(plan).map((role) => prepare(this, name, role, args));
    const deploys = args.deploy ?? true;
    // Without an app in our deployment, only other services use it; a deployment of one's own has one.
    const host = deploys && (args.app ?? []).length === 0 ? privateDomain : "localhost";
    const server = (wanted: Role): Server | undefined =>
      roles.filter(({ role }) => role === wanted).map(({ port, password }) => ({ host, port, password }))[0];
    const redis = pulumi.secret(pulumi.all(roles.map(({ container }) => container)));

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server(Role.Cache),
      queue: server(Role.Queue),
      args,
      guarantees: plan.guarantees,
      ways: Object.fromEntries(
        roles.map(({ role }) => [role, containerWays(role, serviceName, awsCommand())]),
      ),
      details: { containers: redis.apply(deploymentJson), privateDomain },
    });
    if (deploys) deploy(this, name, args, service, redis, outputs.env);
    announceGuarantees(plan.guarantees, this);

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

function nameOfService(name: string): string {
  return nameInAws(name, "service", SERVICE_NAME_LIMIT);
}

function createService(
  parent: LightsailTopology,
  name: string,
  serviceName: string,
  args: LightsailTopologyArgs,
  power: string,
): ContainerService {
  return new ContainerService(
    `${name}-service`,
    { name: serviceName, power, scale: 1, tags: ownTags(name, args.tags) },
    { parent, protect: args.queue !== undefined && (args.protect ?? true) },
  );
}

function prepare(parent: LightsailTopology, name: string, plan: RolePlan, args: LightsailTopologyArgs) {
  const { role, port } = plan;
  const given = args[role] ?? {};
  const password = rolePassword(parent, name, role, given);
  const container = validPasswords(password, given).apply((all) => redisContainer(plan, args.image, all));
  return { role, port, password, container };
}

/** A new version of the deployment; Lightsail keeps the one before running until this one is healthy. */
function deploy(
  parent: LightsailTopology,
  name: string,
  args: LightsailTopologyArgs,
  service: ContainerService,
  redis: pulumi.Output<Container[]>,
  env: pulumi.Output<Record<string, string>>,
): void {
  const app = args.app ?? [];
  if (pulumi.runtime.isDryRun() && app.length > 0) {
    const text =
      "The app's environment holds the Redis passwords: whoever may call lightsail:GetContainerServices or";
    pulumi.log.warn(`${text} lightsail:GetContainerServiceDeployments in this account reads them.`, parent);
  }
  const own = pulumi.secret(
    pulumi.all([app, env]).apply(([app, env]) => app.map((one) => appContainer(one, env))),
  );
  const { container, port, healthPath } = args.publicEndpoint ?? {};
  new ContainerServiceDeploymentVersion(
    `${name}-deployment`,
    {
      serviceName: service.name,
      containers: pulumi.all([redis, own]).apply(([redis, own]) => [...redis, ...own]),
      ...(container !== undefined &&
        port !== undefined && {
          publicEndpoint: {
            containerName: container,
            containerPort: port,
            healthCheck: { path: healthPath ?? "/" },
          },
        }),
    },
    { parent },
  );
}

function appContainer(given: pulumi.Unwrap<AppContainer>, env: Record<string, string>) {
  const { name, image, command, environment, ports } = given;
  return {
    containerName: name,
    image,
    ...(command && { commands: command }),
    environment: { ...env, ...environment },
    ...(ports && { ports }),
  };
}

/** The entries as `aws lightsail create-container-service-deployment --containers` takes them. */
function deploymentJson(containers: readonly Container[]): string {
  const entries = containers.map(({ containerName, commands: command, ...entry }) => [
    containerName,
    { ...entry, command },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

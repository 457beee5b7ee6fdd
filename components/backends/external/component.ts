import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import { runError } from "../../errors";
import type { TopologyOptions } from "../../options";
import type { Server } from "../../outputs";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import { toldGuarantees } from "../../planning/guarantees";
import type { TopologyPlan } from "../../planning/plan";
import { rolePlans } from "../../planning/plan";
import { describeAll } from "../../planning/problems";
import { prometheusFiles } from "../../planning/prometheus";
import { settingName } from "../../planning/sentence";
import { HASH_TAG_PREFIX, hasHashTag } from "../../redis/bullmq";
import type { Guarantees } from "../../redis/guarantees";
import { ROLES, Role } from "../../redis/roles";
import type { Thresholds } from "../../redis/thresholds";
import type { Ways } from "../../redis/ways";
import { refuse } from "../refuse";
import type { Address } from "./address";
import { readAddress } from "./address";
import type { ExternalServerArgs, ExternalTopologyArgs, MonitoringArgs } from "./args";
import type { Observation } from "./externalServer";
import { ExternalServer } from "./externalServer";
import { planExternal, traits } from "./plan";
import { PROOFS } from "./proofs";

/** The topology as servers that somebody else runs: checked, never changed. */
export class ExternalTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly alerts?: Thresholds;
  readonly ways?: pulumi.Output<Ways>;
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ExternalTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:ExternalTopology", name, {}, opts);
    const plan = planExternal(args);
    refuse(name, plan.problems, this, opts);
    const checked = args.checkAtDeploy ?? true;
    if (!checked) warnUnchecked(this, opts?.section);
    const server = (role: Role, given: ExternalServerArgs | undefined) =>
      args[role] &&
      given &&
      useServer(this, name, role, given, checked, args.queue?.bullmq?.prefix, opts?.section);

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server(Role.Cache, args.cacheServer),
      queue: server(Role.Queue, args.queueServer),
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      alerts: args.monitoring?.thresholds,
      ways: externalWays(plan),
      ...(args.monitoring && { details: watchFiles(name, args.monitoring, args.alerts) }),
    });
    announceGuarantees(outputs.guarantees, this);

    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.guarantees = outputs.guarantees;
    this.alerts = outputs.alerts;
    this.ways = outputs.ways;
    this.details = outputs.details;
    this.registerOutputs({ ...outputs });
  }
}

/** Prometheus' own files for exporters that somebody runs. */
function watchFiles(
  name: string,
  { exporters, ...alerts }: MonitoringArgs,
  thresholds: Thresholds | undefined,
): Record<string, string> {
  const scraped = ROLES.flatMap((role) => {
    const address = exporters[role];
    return address === undefined ? [] : [{ role, address }];
  });
  return {
    ...prometheusFiles(`${pulumi.getProject()}-${pulumi.getStack()}-${name}`, scraped, {
      ...alerts,
      thresholds: { ...thresholds, ...alerts.thresholds },
    }),
  };
}

/** Whoever reaches the servers for applications reaches them for commands; the rest is their provider's. */
function externalWays(plan: TopologyPlan): Ways {
  const instead = "Somebody else runs this server: use its provider's own tools.";
  return Object.fromEntries(rolePlans(plan).map(({ role }) => [role, { instead }]));
}

function useServer(
  parent: ExternalTopology,
  name: string,
  role: Role,
  given: ExternalServerArgs,
  checked: boolean,
  prefix: string | undefined,
  section: string | undefined,
): Server {
  const address = pulumi
    .all([given.url, given.password])
    .apply(([url, password]) => knownAddress(role, { ...given, url, password }, section));
  // A secret URL holds these too, but they are no secrets.
  const open = pulumi.unsecret(address.apply(({ password: _, ...rest }) => rest));
  const { host, port, username, tls } = open;
  const password = pulumi.secret(address.password);
  const { caCertificate, clusterMode } = given;
  const parts = {
    host,
    port,
    username,
    tls,
    password,
    ...(caCertificate !== undefined && { caCertificate }),
  };
  if (!checked) return { ...parts, ...(clusterMode && { prefix: HASH_TAG_PREFIX }) };

  const told = section === undefined ? {} : { section };
  const inputs = { role, ...parts, preview: pulumi.runtime.isDryRun(), ...told };
  const { observed } = new ExternalServer(`${name}-${role}`, inputs, { parent });
  observed.apply((seen) => warnOf(role, seen, prefix, parent));
  return {
    ...parts,
    prefix: observed.apply((seen) => ((clusterMode ?? seen.clusterMode) ? HASH_TAG_PREFIX : undefined)),
  };
}

/** What the plan could not read because it was not known yet is read, and refused, here. */
function knownAddress(
  role: Role,
  server: ExternalServerArgs & { url?: string; password?: string },
  section: string | undefined,
): Address {
  const { address, problems } = readAddress(role, server);
  if (!address || problems.length > 0) {
    throw runError(describeAll(`The ${role} server cannot be used`, problems, section));
  }
  return address;
}

function warnUnchecked(resource: pulumi.Resource, section: string | undefined): void {
  const text = "is false: nobody has looked whether the servers answer, and whether the queue evicts.";
  pulumi.log.warn(`\`${settingName("checkAtDeploy", section)}\` ${text}`, resource);
}

/** What a queue's server lacks, and nothing here can mend. */
function warnOf(
  role: Role,
  { persistence, clusterMode }: Observation,
  prefix: string | undefined,
  resource: pulumi.Resource,
): void {
  if (role !== Role.Queue) return;
  if (persistence === "none") {
    const text = "The queue's server has neither AOF nor scheduled RDB saves: a restart loses every job.";
    pulumi.log.warn(`${text} Turn persistence on at its provider.`, resource);
  }
  if (clusterMode && prefix !== undefined && !hasHashTag(prefix)) {
    const text =
      "The queue's server runs in cluster mode, where BullMQ fails with a prefix that has no hash tag.";
    pulumi.log.warn(`${text} Put braces around \`queue.bullmq.prefix\`, or remove it.`, resource);
  }
}

import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import { StorageClass } from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import type { Guarantees } from "../../redis/guarantees";
import { Role } from "../../redis/roles";
import type { Bullmq, Endpoint, Topology } from "../../topology";
import { refuse } from "../refuse";
import type { KubernetesTopologyArgs } from "./args";
import { details } from "./details";
import { chosenContext, contextProblems, kubeconfigPaths, readContexts } from "./kubeconfig";
import { type KubernetesPlan, planKubernetes, traits } from "./plan";
import { createServer } from "./role";
import { childOptions, type Site } from "./site";
import { longhornClass, recurringJob } from "./storage";

/** The topology as StatefulSets in a Kubernetes cluster. */
export class KubernetesTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: KubernetesTopologyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("redis-topology:index:KubernetesTopology", name, {}, opts);
    const provided = this.getProvider("kubernetes:core/v1:Namespace");
    const plan = planKubernetes(args, provided !== undefined);
    const target = readTarget(args, plan, provided !== undefined);
    refuse(name, [...plan.problems, ...target.problems], this);

    const provider = provided ?? createProvider(this, name, args, target.context);
    const site: Site = { parent: this, name, args, plan, provider, first: [] };
    const first = [...createNamespace(site), ...createLonghorn(site)];
    const servers = plan.servers.map((server) => ({
      role: server.role,
      ...createServer({ ...site, first }, server),
    }));

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: servers.find(({ role }) => role === Role.Cache),
      queue: servers.find(({ role }) => role === Role.Queue),
      bullmq: args.queue?.bullmq,
      guarantees: plan.guarantees,
      details: details(
        args,
        plan,
        servers.flatMap(({ secretManifests }) => secretManifests),
      ),
    });
    announceGuarantees(plan.guarantees, this);
    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.guarantees = outputs.guarantees;
    this.details = outputs.details;
    this.registerOutputs({ ...outputs });
  }
}

/** The context to apply to; rendered manifests and a given provider need none. */
function readTarget(args: KubernetesTopologyArgs, plan: KubernetesPlan, provided: boolean) {
  if (args.renderTo !== undefined || provided || plan.problems.some(({ key }) => key === "context")) {
    return { problems: [] };
  }
  const paths = kubeconfigPaths(args.kubeconfig, process.env.KUBECONFIG);
  const contexts = readContexts(paths);
  return { context: chosenContext(args, contexts), problems: contextProblems(args, contexts, paths) };
}

/**
 * `clusterIdentifier` ties the resources to the context's name: without it, another path or another address of
 * the same cluster could look like another cluster, and everything in it would be replaced.
 */
function createProvider(
  parent: pulumi.Resource,
  name: string,
  args: KubernetesTopologyArgs,
  context: string | undefined,
): Provider {
  const { kubeconfig, renderTo } = args;
  const target =
    renderTo === undefined ? { context, clusterIdentifier: context } : { renderYamlToDirectory: renderTo };
  return new Provider(
    `${name}-cluster`,
    { ...target, ...(kubeconfig !== undefined && { kubeconfig }) },
    { parent },
  );
}

/** Protected like the queue's claim, which would go with it. */
function createNamespace(site: Site): pulumi.Resource[] {
  const { args, name, plan } = site;
  if (args.createNamespace === false) return [];
  const protect = plan.queue !== undefined && (args.protect ?? true);
  const enforced = { "pod-security.kubernetes.io/enforce": "restricted" };
  return [
    new Namespace(
      `${name}-namespace`,
      { metadata: { name: plan.namespace, labels: enforced } },
      { ...childOptions(site), protect, retainOnDelete: protect },
    ),
  ];
}

function createLonghorn(site: Site): pulumi.Resource[] {
  const { args, name, plan } = site;
  const opts = childOptions(site);
  if (!plan.queue) return [];
  const { longhorn, recurringJobs = [] } = args.storage ?? {};
  return [
    ...(longhorn ? [new StorageClass(`${name}-storage-class`, longhornClass(longhorn), opts)] : []),
    ...recurringJobs.map((job) => new CustomResource(`${name}-job-${job.name}`, recurringJob(job), opts)),
  ];
}

import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import { StorageClass } from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import type { TopologyOptions } from "../../options";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import { toldGuarantees } from "../../planning/guarantees";
import type { Guarantees } from "../../redis/guarantees";
import { Role } from "../../redis/roles";
import type { Thresholds } from "../../redis/thresholds";
import type { Ways } from "../../redis/ways";
import { refuse } from "../refuse";
import { keptByArgocd } from "./argocd";
import type { KubernetesTopologyArgs } from "./args";
import type { Access } from "./cluster";
import { ClusterGuard } from "./clusterGuard";
import { details } from "./details";
import { kubeconfigOf } from "./kubeconfig";
import { declaredObjects } from "./objects";
import { OWNER_LABEL, ownerOf } from "./owner";
import type { KubernetesPlan } from "./plan";
import { planKubernetes, traits } from "./plan";
import { PROOFS } from "./proofs";
import { createRenderer } from "./renderer";
import { createServer } from "./role";
import type { Site } from "./site";
import { annotated, childOptions } from "./site";
import { copiesWanted, longhornClass, recurringJob, storageClassName } from "./storage";
import type { Target } from "./target";
import { targetOf } from "./target";
import { kubernetesWays } from "./ways";

/** The topology as StatefulSets in a Kubernetes cluster. */
export class KubernetesTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly alerts?: Thresholds;
  readonly ways?: pulumi.Output<Ways>;
  readonly details?: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: KubernetesTopologyArgs, opts?: TopologyOptions) {
    super("redis-topology:index:KubernetesTopology", name, {}, opts);
    const provided = this.getProvider("kubernetes:core/v1:Namespace");
    const plan = planKubernetes(args, provided !== undefined);
    refuse(name, plan.problems, this, opts);

    const site = createSite(this, name, args, plan, { provided, section: opts?.section });
    const first = [...createNamespace(site), ...createLonghorn(site)];
    const servers = plan.servers.map((server) => ({
      role: server.role,
      ...createServer({ ...site, first }, server),
    }));

    const outputs = topologyOutputs({
      backend: traits.name,
      cache: servers.find(({ role }) => role === Role.Cache),
      queue: servers.find(({ role }) => role === Role.Queue),
      args,
      guarantees: toldGuarantees(plan.guarantees, opts?.section),
      proofs: PROOFS,
      alerts: args.monitoring?.thresholds,
      ways: pulumi.output(site.access).apply((access) => kubernetesWays(args, plan, access?.context)),
      details: details(
        args,
        plan,
        servers.flatMap(({ secretManifests }) => secretManifests),
      ),
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

/** Where everything goes: the cluster, looked at first, and whose the objects are. */
function createSite(
  parent: pulumi.Resource,
  name: string,
  args: KubernetesTopologyArgs,
  plan: KubernetesPlan,
  { provided, section }: { provided?: pulumi.ProviderResource; section?: string },
): Site {
  const owner = ownerOf(pulumi.getProject(), pulumi.getStack(), name);
  const deployment = new RandomId(`${name}-deployment`, { byteLength: 8 }, { parent }).hex;
  const told = section === undefined ? {} : { section };
  const site = { parent, name, args, plan, owner, deployment, ...told };
  if (provided) return { ...site, provider: provided, first: [] };
  if (args.renderTo !== undefined) {
    return { ...site, ...createRenderer(site, args.renderTo), first: [] };
  }
  const target = targetOf(args);
  const guard = new ClusterGuard(
    `${name}-guard`,
    {
      ...{ target, owner, deployment, objects: declaredObjects(args) },
      ...(args.createNamespace === false && { existingNamespace: plan.namespace }),
      ...wantedVolume(args, plan),
      ...told,
    },
    { parent },
  );
  const access = lookedAt(target, guard);
  const provider = createProvider(parent, name, args, { target, access, guard });
  const volumeSize = guard.volume.apply((volume) => volume?.size ?? "");
  return { ...site, provider, access, first: [], ...(plan.queue && { volumeSize }) };
}

function wantedVolume(args: KubernetesTopologyArgs, { namespace, servers }: KubernetesPlan) {
  const queue = servers.find(({ volume }) => volume !== undefined);
  if (queue?.volume === undefined) return {};
  return {
    volume: {
      namespace,
      claim: queue.names.claim,
      wanted: queue.volume,
      size: queue.volume,
      storageClass: storageClassName(args) ?? "",
      createsClass: args.storage?.longhorn !== undefined,
      replicas: copiesWanted(args),
    },
  };
}

/** The way to the cluster, once the guard has found the context; this program itself reads no file before that. */
function lookedAt({ paths, context }: Target, guard: ClusterGuard): pulumi.Output<Access> {
  // An output that the guard does not give is unknown in every preview, and so would be all that follows from it.
  if (context !== undefined) return guard.cluster.apply(() => ({ paths, context }));
  return pulumi.all([guard.cluster, guard.context]).apply(([, current]) => ({ paths, context: current }));
}

/**
 * Once made it is never replaced, and nothing in the cluster with it: which cluster it is, the guard says, by the
 * cluster's own identity. What exists is taken over, after the guard has found that it is ours. ConfigMaps and Secrets
 * change in place, so that a pod that starts meanwhile finds them.
 */
function createProvider(
  parent: pulumi.Resource,
  name: string,
  args: KubernetesTopologyArgs,
  { target, access, guard }: { target: Target; access: pulumi.Output<Access>; guard: ClusterGuard },
): Provider {
  const kubeconfig =
    target.paths.length > 1
      ? pulumi.secret(access.apply(({ paths, context }) => kubeconfigOf(paths, context)))
      : args.kubeconfig;
  return new Provider(
    `${name}-cluster`,
    {
      context: target.context ?? access.context,
      clusterIdentifier: guard.cluster,
      upsertExistingObjects: true,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      ...(kubeconfig !== undefined && { kubeconfig }),
    },
    { parent, dependsOn: [guard], ignoreChanges: ["clusterIdentifier"] },
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
      {
        metadata: {
          name: plan.namespace,
          labels: { ...enforced, [OWNER_LABEL]: site.owner },
          ...annotated(site, keptByArgocd(args)),
        },
      },
      { ...childOptions(site), protect, retainOnDelete: protect },
    ),
  ];
}

function createLonghorn(site: Site): pulumi.Resource[] {
  const { args, name, plan } = site;
  const opts = childOptions(site);
  if (!plan.queue) return [];
  const own = { labels: { [OWNER_LABEL]: site.owner }, ...annotated(site) };
  const { longhorn, recurringJobs = [] } = args.storage ?? {};
  return [
    ...(longhorn ? [new StorageClass(`${name}-storage-class`, longhornClass(longhorn, own), opts)] : []),
    ...recurringJobs.map(
      (job) => new CustomResource(`${name}-job-${job.name}`, recurringJob(job, own), opts),
    ),
  ];
}

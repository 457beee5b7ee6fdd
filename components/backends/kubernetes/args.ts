import type * as inputs from "@pulumi/kubernetes/types/input";
import type { TopologyArgs } from "../../contract";
import type { AlertThresholds } from "../../redis/alerts";
import type { DataLocality, FileSystem, PullPolicy, RecurringTask } from "./enums";

export { DataLocality, FileSystem, PullPolicy, RecurringTask } from "./enums";

/** A topology of StatefulSets, one replica a role, in one namespace of a Kubernetes cluster. */
export interface KubernetesTopologyArgs extends TopologyArgs {
  /**
   * Context of the kubeconfig, and with it the cluster. Required (or `useCurrentContext`, or `renderTo`, or a
   * Kubernetes provider given to the component): nothing is applied to whichever cluster happens to be current.
   * Another name for the same cluster changes nothing in it; another cluster is refused, since the data is in this one.
   */
  context?: string;
  /** Whether the kubeconfig's current context is meant. Default false. Excludes `context`. */
  useCurrentContext?: boolean;
  /** Path of the kubeconfig. Default `$KUBECONFIG`, else `~/.kube/config`. Changing it changes nothing in the cluster. */
  kubeconfig?: string;
  /**
   * Folder to render manifests into, for a repository that a GitOps tool applies, instead of applying them.
   * Secrets are left out of it: they are the component's output `secretManifests`, to be sealed with your tool.
   */
  renderTo?: string;
  /**
   * An ArgoCD Application for the rendered manifests, written to the folder `argocd` in `renderTo`. Only with `renderTo`.
   * Default none. In place.
   */
  argocd?: ArgocdArgs;
  /** Namespace of everything. Default `redis`. Changing it is a new topology: names and volumes move with it. */
  namespace?: string;
  /**
   * Whether to create the namespace, enforcing the `restricted` Pod Security Standard. Default true. With false it must
   * be there, and neither it nor what else is in it is changed or deleted.
   */
  createNamespace?: boolean;
  /** DNS domain of the cluster, for the endpoints' host names. Default `cluster.local`. Changes only outputs. */
  clusterDomain?: string;
  /** The cache's server, as Kubernetes sees it. */
  cacheServer?: ServerArgs;
  /** The queue's server, as Kubernetes sees it. */
  queueServer?: ServerArgs;
  /** The queue's volume beyond its size and class, which are `queue.persistence`. */
  storage?: StorageArgs;
  /** Who may connect. */
  network?: NetworkArgs;
  /** Metrics, alerts, dashboard. */
  monitoring?: MonitoringArgs;
}

/** The Application that has ArgoCD apply the rendered manifests. It never prunes, and keeps what holds a queue's data. */
export interface ArgocdArgs {
  /** URL of the repository, without credentials: those are ArgoCD's own. */
  repo: string;
  /** Where the folder of `renderTo` lies in the repository, such as `manifests/redis`. */
  path: string;
  /** Branch, tag or commit. Default `HEAD`. */
  revision?: string;
  /** Name of the Application. Default the topology's namespace. Changing it is another Application; the old one stays in ArgoCD. */
  name?: string;
  /** Namespace of ArgoCD itself. Default `argocd`. */
  namespace?: string;
  /** ArgoCD's project. Default `default`. */
  project?: string;
  /** API server to apply to, as ArgoCD knows it. Default `https://kubernetes.default.svc`, the cluster that ArgoCD runs in. */
  server?: string;
  /** Whether ArgoCD applies what the repository says by itself, and sets right what was changed by hand. Default true. */
  automated?: boolean;
}

/** One role's StatefulSet and pod. A change in here restarts the pod (a queue is saved first), except where stated. */
export interface ServerArgs {
  /**
   * Name of the StatefulSet, its Service and (with a suffix) the rest. Default `redis-cache`, `redis-queue`.
   * Changing it replaces them; the queue's volume carries the name too, so its data stays behind in the old one.
   */
  name?: string;
  /** Image with a tag or digest. Default `redis:7.4-alpine` or `valkey/valkey:8-alpine`; excludes the role's `version`. */
  image?: string;
  /** `Always`, `IfNotPresent` or `Never`. Default `IfNotPresent`. */
  imagePullPolicy?: PullPolicy;
  /** Memory requested from the scheduler, such as `512Mi`; at most the limit. Default: the limit, so that the node never reclaims it. */
  memoryRequest?: string;
  /** CPU requested, in cores: `0.5` or `500m`. Default `100m`. */
  cpuRequest?: string;
  /** CPU limit, in cores. Default none: throttling a single-threaded server only adds latency. */
  cpuLimit?: string;
  /** Labels of the pod, beside the recommended ones. */
  podLabels?: Record<string, string>;
  /** Annotations of the pod. */
  podAnnotations?: Record<string, string>;
  /** Annotations of the client Service. In place. */
  serviceAnnotations?: Record<string, string>;
  /** Labels of the nodes that may run it. */
  nodeSelector?: Record<string, string>;
  /** Tolerations, as in a pod's spec. */
  tolerations?: inputs.core.v1.Toleration[];
  /** Affinity, as in a pod's spec. */
  affinity?: inputs.core.v1.Affinity;
  /** Topology spread constraints, as in a pod's spec. */
  topologySpreadConstraints?: inputs.core.v1.TopologySpreadConstraint[];
  /** Priority class of the pod. */
  priorityClassName?: string;
  /** Names of pull secrets in the namespace. */
  imagePullSecrets?: string[];
}

/** The queue's volume. */
export interface StorageArgs {
  /** Creates a StorageClass of Longhorn and uses it; excludes `queue.persistence.storageClass`. Default: the named class, else the cluster's default. */
  longhorn?: LonghornArgs;
  /** Says that the named (or default) class keeps copies on several nodes, which only you can know. Changes the guarantees. Default false. */
  replicated?: boolean;
  /** Longhorn recurring jobs for the volume, which must be on Longhorn. In place. */
  recurringJobs?: RecurringJobArgs[];
  /** Labels of the claim. In place. */
  labels?: Record<string, string>;
  /** Annotations of the claim. In place. */
  annotations?: Record<string, string>;
}

/**
 * A StorageClass of Longhorn. It applies to new volumes only: a change that the queue's volume does not have is refused.
 */
export interface LonghornArgs {
  /** Name of the class. Default `longhorn-replicated`. */
  name?: string;
  /** Copies of the volume, each on another node, 1 to 20. Default 3. */
  replicas?: number;
  /** Minutes after which the copy of a lost node is given up. Default 30. */
  staleReplicaTimeout?: number;
  /** `disabled`, `best-effort` (a copy on the pod's node) or `strict-local` (one copy only). Default `best-effort`. */
  dataLocality?: DataLocality;
  /** `ext4` or `xfs`. Default `ext4`. */
  fsType?: FileSystem;
}

/** A Longhorn RecurringJob for the queue's volume. */
export interface RecurringJobArgs {
  /** Name, at most 40 characters, unique in the cluster. */
  name: string;
  /** `snapshot` (on the volume's nodes), `backup` (to Longhorn's backup target, which must be set) or `filesystem-trim`. */
  task: RecurringTask;
  /** Cron line in UTC, such as `0 *\/6 * * *`. */
  cron: string;
  /** Snapshots or backups to keep, 1 to 250. */
  retain: number;
}

/** Who may connect; everything else is closed. In place. */
export interface NetworkArgs {
  /** Whether to create NetworkPolicies. Default true. They act only where the cluster's network plugin enforces them. */
  policies?: boolean;
  /** Labels a client pod must carry. Default `<name of the StatefulSet>-client: "true"`, so that each role has its own. */
  clientLabels?: Record<string, string>;
  /** Namespaces whose labelled pods may connect. Default: every namespace. */
  clientNamespaces?: string[];
  /** Namespaces all of whose pods may connect to every role, without a label. Default none. */
  openNamespaces?: string[];
  /** Address ranges that may connect as well, such as `10.0.0.0/8`. Default none. */
  clientCidrs?: string[];
  /** Namespaces whose pods may read metrics. Default `["monitoring"]`. */
  monitoringNamespaces?: string[];
}

/** Metrics, alerts, dashboard. */
export interface MonitoringArgs {
  /** Whether each pod has an exporter on port 9121. Default true. Restarts the pods. */
  exporter?: boolean;
  /** Image of redis_exporter. Default `oliver006/redis_exporter:v1.88.0`. Restarts the pods. */
  exporterImage?: string;
  /** BullMQ queues, by name, whose jobs are counted by state. Default none: the keyspace is never scanned. Restarts the pods. */
  queues?: string[];
  /** Whether to create ServiceMonitor and PrometheusRule, which needs the Prometheus operator's CRDs. Default false. */
  operator?: boolean;
  /** Labels of these two, where Prometheus selects by label (`{ release: "prometheus" }`). In place. */
  operatorLabels?: Record<string, string>;
  /** Thresholds of the alerts. In place. */
  thresholds?: AlertThresholds;
  /** Where the runbook lies that alerts link to. Default `docs/operations.md`; give the URL your team reads it at. In place. */
  runbookUrl?: string;
  /** Whether to create the Grafana dashboard, a ConfigMap labelled `grafana_dashboard: "1"`. Default false. */
  dashboard?: boolean;
}

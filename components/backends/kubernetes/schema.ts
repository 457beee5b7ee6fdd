import { z } from "zod";
import type { Backend } from "../backend";
import type { KubernetesTopologyArgs } from "./args";
import { DataLocality, FileSystem, PullPolicy, RecurringTask } from "./enums";

const text = (description: string) => z.string().min(1).optional().describe(description);
const flag = (description: string) => z.boolean().optional().describe(description);
const whole = (description: string) => z.int().optional().describe(description);
const texts = (description: string) => z.array(z.string().min(1)).optional().describe(description);
const map = (description: string) => z.record(z.string(), z.string()).optional().describe(description);
/** Parts of a pod that go to Kubernetes as they are; its API server checks them. */
const passed = (kind: string) => z.looseObject({}).describe(`A ${kind}, as in a pod's spec.`);

const server = (role: string) =>
  z
    .strictObject({
      name: text(
        `Name of the StatefulSet and its Service. Default redis-${role}. A change leaves a volume behind.`,
      ),
      image: text("Image with a tag or digest; excludes the role's version."),
      imagePullPolicy: z.enum(PullPolicy).optional().describe("Default IfNotPresent."),
      memoryRequest: text("Memory requested from the scheduler. Default the limit."),
      cpuRequest: text("CPU requested, in cores. Default 100m."),
      cpuLimit: text("CPU limit, in cores. Default none."),
      podLabels: map("Labels of the pod, beside the recommended ones."),
      podAnnotations: map("Annotations of the pod."),
      serviceAnnotations: map("Annotations of the client Service."),
      nodeSelector: map("Labels of the nodes that may run it."),
      tolerations: z.array(passed("Toleration")).optional().describe("Tolerations of the pod."),
      affinity: passed("Affinity").optional(),
      topologySpreadConstraints: z
        .array(passed("TopologySpreadConstraint"))
        .optional()
        .describe("Topology spread constraints of the pod."),
      priorityClassName: text("Priority class of the pod."),
      imagePullSecrets: texts("Names of pull secrets in the namespace."),
    })
    .optional()
    .describe(`The ${role}'s server, as Kubernetes sees it.`);

const longhorn = z
  .strictObject({
    name: text("Name of the class. Default longhorn-replicated."),
    replicas: whole("Copies of a volume. Default 3."),
    staleReplicaTimeout: whole("Minutes after which a lost node's copy is given up. Default 30."),
    dataLocality: z.enum(DataLocality).optional().describe("Default best-effort."),
    fsType: z.enum(FileSystem).optional().describe("Default ext4."),
  })
  .optional()
  .describe("Creates a StorageClass of Longhorn and uses it.");

const recurringJob = z.strictObject({
  name: z.string().describe("Unique in the cluster, at most 40 characters."),
  task: z.enum(RecurringTask).describe("What it does."),
  cron: z.string().describe("Cron line in UTC."),
  retain: z.int().describe("Snapshots or backups to keep."),
});

const storage = z
  .strictObject({
    longhorn,
    replicated: flag("Says that the named class keeps copies on several nodes. Default false."),
    recurringJobs: z.array(recurringJob).optional().describe("Longhorn recurring jobs for the volume."),
    labels: map("Labels of the claim."),
    annotations: map("Annotations of the claim."),
  })
  .optional()
  .describe("The queue's volume, beyond queue.persistence.");

const network = z
  .strictObject({
    policies: flag("Whether to create NetworkPolicies. Default true."),
    clientLabels: map('Labels a client pod must carry. Default <name>-client: "true".'),
    clientNamespaces: texts("Namespaces whose labelled pods may connect. Default every one."),
    clientCidrs: texts("Address ranges that may connect as well. Default none."),
    monitoringNamespaces: texts("Namespaces whose pods may read metrics. Default monitoring."),
  })
  .optional()
  .describe("Who may connect.");

const thresholds = z
  .strictObject({
    memoryPercent: z.number().optional().describe("Percent of maxmemory. Default 80."),
    connections: z.number().optional().describe("Clients. Default 100."),
    volumePercent: z.number().optional().describe("Percent of the volume. Default 80."),
    secondsSinceSave: z.number().optional().describe("Seconds without a successful save. Default 7200."),
  })
  .optional()
  .describe("Thresholds of the alerts.");

const monitoring = z
  .strictObject({
    exporter: flag("Whether each pod has an exporter on port 9121. Default true."),
    exporterImage: text("Image of redis_exporter."),
    queues: texts("BullMQ queues whose jobs are counted by state. Default none."),
    operator: flag("Whether to create ServiceMonitor and PrometheusRule. Default false."),
    operatorLabels: map("Labels of these two, where Prometheus selects by label."),
    thresholds,
    runbookUrl: text("Where the runbook lies that alerts link to. Default docs/operations.md."),
    dashboard: flag("Whether to create the Grafana dashboard. Default false."),
  })
  .optional()
  .describe("Metrics, alerts, dashboard.");

export const kubernetesBackend = {
  summary: "StatefulSets in a Kubernetes cluster, on Longhorn or any other storage class",
  settings: z.strictObject({
    context: text("Context of the kubeconfig, and with it the cluster. Another cluster is refused."),
    useCurrentContext: flag("Whether the kubeconfig's current context is meant. Default false."),
    kubeconfig: text("Path of the kubeconfig. Default $KUBECONFIG, else ~/.kube/config."),
    renderTo: text("Folder to render manifests into instead of applying them; Secrets are left out."),
    namespace: text("Namespace of everything. Default redis. A change is a new topology."),
    createNamespace: flag("Whether to create the namespace. Default true."),
    clusterDomain: text("DNS domain of the cluster. Default cluster.local."),
    cacheServer: server("cache"),
    queueServer: server("queue"),
    storage,
    network,
    monitoring,
  }),
  problems: async (args) => (await import("./plan")).planKubernetes(args).problems,
  load: async () => (await import("./component")).KubernetesTopology,
} satisfies Backend<KubernetesTopologyArgs>;

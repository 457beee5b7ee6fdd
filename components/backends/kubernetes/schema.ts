import { z } from "zod";
import type { Backend } from "../backend";
import { alerts, flag, map, text, texts, whole } from "../fields";
import type { KubernetesTopologyArgs } from "./args";
import { DataLocality, FileSystem, PullPolicy, RecurringTask } from "./enums";

/** Parts of a pod that go to Kubernetes as they are; its API server checks them. */
const passed = z.looseObject({});

const server = z
  .strictObject({
    name: text,
    image: text,
    imagePullPolicy: z.enum(PullPolicy).optional(),
    memoryRequest: text,
    cpuRequest: text,
    cpuLimit: text,
    podLabels: map,
    podAnnotations: map,
    serviceAnnotations: map,
    nodeSelector: map,
    tolerations: z.array(passed).optional(),
    affinity: passed.optional(),
    topologySpreadConstraints: z.array(passed).optional(),
    priorityClassName: text,
    imagePullSecrets: texts,
  })
  .optional();

const longhorn = z
  .strictObject({
    name: text,
    replicas: whole,
    staleReplicaTimeout: whole,
    dataLocality: z.enum(DataLocality).optional(),
    fsType: z.enum(FileSystem).optional(),
  })
  .optional();

const recurringJob = z.strictObject({
  name: z.string(),
  task: z.enum(RecurringTask),
  cron: z.string(),
  retain: z.int(),
});

const storage = z
  .strictObject({
    longhorn,
    replicated: flag,
    recurringJobs: z.array(recurringJob).optional(),
    labels: map,
    annotations: map,
  })
  .optional();

const network = z
  .strictObject({
    policies: flag,
    clientLabels: map,
    clientNamespaces: texts,
    openNamespaces: texts,
    clientCidrs: texts,
    monitoringNamespaces: texts,
  })
  .optional();

const argocd = z
  .strictObject({
    repo: z.string().min(1),
    path: z.string().min(1),
    revision: text,
    name: text,
    namespace: text,
    project: text,
    server: text,
    automated: flag,
  })
  .optional();

const monitoring = z
  .strictObject({
    exporter: flag,
    exporterImage: text,
    operator: flag,
    operatorLabels: map,
    queues: texts,
    ...alerts,
    dashboard: flag,
  })
  .optional();

export const kubernetesBackend = {
  summary: "StatefulSets in a Kubernetes cluster, on Longhorn or any other storage class",
  settings: z.strictObject({
    context: text,
    useCurrentContext: flag,
    kubeconfig: text,
    renderTo: text,
    argocd,
    namespace: text,
    createNamespace: flag,
    clusterDomain: text,
    cacheServer: server,
    queueServer: server,
    storage,
    network,
    monitoring,
  }),
  problems: async (args) => (await import("./plan")).planKubernetes(args).problems,
  unreachable: async (args) => (await import("./target")).unreachableTarget(args),
  load: async () => (await import("./component")).KubernetesTopology,
} satisfies Backend<KubernetesTopologyArgs>;

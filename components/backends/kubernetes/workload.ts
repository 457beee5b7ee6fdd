import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { EXPORTER_PORT } from "../../redis/exporter";
import { keptByArgocd } from "./argocd";
import type { KubernetesTopologyArgs } from "./args";
import { configFiles } from "./files";
import { DATA_VOLUME, labels, selectorLabels, serverArgs } from "./names";
import type { ServerPlan } from "./plan";
import { podSpec } from "./pod";
import type { Site } from "./site";
import { annotated, labelled } from "./site";
import { recurringLabels, storageClassName } from "./storage";

/** The claim: named so that the StatefulSet finds it and makes none, and so a resource that can be protected and grown. */
export function claim(site: Site, plan: ServerPlan, volume: pulumi.Input<string>) {
  const { labels: own, annotations, recurringJobs = [] } = site.args.storage ?? {};
  const { labels: ours, ...rest } = labelled(site, plan, plan.names.claim);
  return {
    metadata: {
      ...rest,
      labels: { ...recurringLabels(recurringJobs), ...own, ...ours },
      ...annotated(site, ownAnnotations(annotations, keptByArgocd(site.args))),
    },
    spec: claimSpec(site.args, volume),
  };
}

/** Undefined rather than empty. */
function ownAnnotations(...all: (Record<string, string> | undefined)[]): Record<string, string> | undefined {
  return all.every((one) => one === undefined) ? undefined : Object.assign({}, ...all);
}

/** `revision` stands for the passwords: it changes with them and tells nothing of them. */
export function statefulSetSpec(
  args: KubernetesTopologyArgs,
  plan: ServerPlan,
  revision: pulumi.Input<string>,
) {
  const { server, headless } = plan.names;
  const { podLabels, podAnnotations } = serverArgs(args, plan.role);
  return {
    replicas: 1,
    serviceName: headless,
    // With the default, OrderedReady, a pod that never got ready is never replaced by a better one.
    podManagementPolicy: "Parallel",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    selector: { matchLabels: selectorLabels(server) },
    template: {
      metadata: {
        labels: { ...podLabels, ...labels(server, plan.role) },
        annotations: {
          ...podAnnotations,
          "redis-topology/config": sha256(JSON.stringify(configFiles(plan))),
          "redis-topology/auth": revision,
        },
      },
      spec: podSpec(args, plan),
    },
    // Immutable, so never changed afterwards (see the resource's options); the claim itself is what counts.
    ...(plan.volume !== undefined && {
      volumeClaimTemplates: [{ metadata: { name: DATA_VOLUME }, spec: claimSpec(args, plan.volume) }],
    }),
  };
}

/** What clients connect to. */
export function clientServiceSpec(plan: ServerPlan) {
  return {
    type: "ClusterIP",
    selector: selectorLabels(plan.names.server),
    ports: [{ name: "redis", port: plan.port, targetPort: "redis", protocol: "TCP" }],
  };
}

/** The pod's own name in DNS, and its metrics, also while it is not ready. */
export function headlessServiceSpec(args: KubernetesTopologyArgs, plan: ServerPlan) {
  return {
    type: "ClusterIP",
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: selectorLabels(plan.names.server),
    ports: [
      { name: "redis", port: plan.port, targetPort: "redis", protocol: "TCP" },
      ...(args.monitoring?.exporter === false
        ? []
        : [{ name: "metrics", port: EXPORTER_PORT, targetPort: "metrics", protocol: "TCP" }]),
    ],
  };
}

function claimSpec(args: KubernetesTopologyArgs, volume: pulumi.Input<string>) {
  const storageClass = storageClassName(args);
  return {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass !== undefined && { storageClassName: storageClass }),
    resources: { requests: { storage: volume } },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

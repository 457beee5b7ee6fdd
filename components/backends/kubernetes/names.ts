import type { Role } from "../../redis/roles";
import type { KubernetesTopologyArgs, ServerArgs } from "./args";

/** Longest name that still fits, with every suffix and the pod's revision hash, into a label (RFC 1123: 63). */
export const MAX_NAME = 40;

/** The name of the volume in the StatefulSet; with the pod's name it makes the claim's. */
export const DATA_VOLUME = "data";

/** Every object of one role. */
export interface RoleNames {
  /** StatefulSet and client Service. */
  readonly server: string;
  /** Service of the StatefulSet: the pod's own name in DNS, and the metrics. */
  readonly headless: string;
  readonly config: string;
  /** Secret for applications, ready for `envFrom`. */
  readonly connection: string;
  /** Secret for the server itself: ACL file, probe, exporter. */
  readonly auth: string;
  /** Dashboard for Grafana. */
  readonly dashboard: string;
  /** The claim that a StatefulSet with one replica and a volume `data` looks for, and so adopts. */
  readonly claim: string;
  /** The pod. */
  readonly pod: string;
}

/** What the stack says of this role's server. */
export function serverArgs(args: KubernetesTopologyArgs, role: Role): ServerArgs {
  return args[`${role}Server`] ?? {};
}

export function namespaceOf(args: KubernetesTopologyArgs): string {
  return args.namespace ?? "redis";
}

export function roleNames(args: KubernetesTopologyArgs, role: Role): RoleNames {
  const server = serverArgs(args, role).name ?? `redis-${role}`;
  return {
    server,
    headless: `${server}-headless`,
    config: `${server}-config`,
    connection: `${server}-connection`,
    auth: `${server}-auth`,
    dashboard: `${server}-dashboard`,
    claim: `${DATA_VOLUME}-${server}-0`,
    pod: `${server}-0`,
  };
}

/** Labels that find the role's pods; part of what a StatefulSet can never change, so they hold no version. */
export function selectorLabels(server: string): Record<string, string> {
  return { "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": server };
}

/** The recommended labels (kubernetes.io, "Recommended Labels"). */
export function labels(server: string, role: Role): Record<string, string> {
  return {
    ...selectorLabels(server),
    "app.kubernetes.io/component": role,
    "app.kubernetes.io/part-of": "redis-topology",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The label that lets a pod connect, unless the stack names others. */
export function clientLabels(args: KubernetesTopologyArgs, server: string): Record<string, string> {
  return args.network?.clientLabels ?? { [`${server}-client`]: "true" };
}

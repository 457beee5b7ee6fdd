import { EXPORTER_PORT } from "../../redis/exporter";
import type { KubernetesTopologyArgs } from "./args";
import { clientLabels, selectorLabels } from "./names";
import type { ServerPlan } from "./plan";

/** Set on every namespace by Kubernetes itself (since 1.22). */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";
const DNS_PORT = 53;

/** Labelled clients and open namespaces reach Redis, monitoring reaches the exporter, nothing else comes in; only DNS goes out. */
export function networkPolicySpec(args: KubernetesTopologyArgs, plan: ServerPlan) {
  const network = args.network ?? {};
  const clients = {
    namespaceSelector: network.clientNamespaces ? inNamespaces(network.clientNamespaces) : {},
    podSelector: { matchLabels: clientLabels(args, plan.names.server) },
  };
  return {
    podSelector: { matchLabels: selectorLabels(plan.names.server) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          clients,
          ...(network.openNamespaces ? [{ namespaceSelector: inNamespaces(network.openNamespaces) }] : []),
          ...(network.clientCidrs ?? []).map((cidr) => ({ ipBlock: { cidr } })),
        ],
        ports: [{ protocol: "TCP", port: plan.port }],
      },
      ...(args.monitoring?.exporter === false
        ? []
        : [
            {
              from: [{ namespaceSelector: inNamespaces(network.monitoringNamespaces ?? ["monitoring"]) }],
              ports: [{ protocol: "TCP", port: EXPORTER_PORT }],
            },
          ]),
    ],
    egress: [
      {
        ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: DNS_PORT })),
      },
    ],
  };
}

function inNamespaces(names: readonly string[]) {
  return { matchExpressions: [{ key: NAMESPACE_NAME, operator: "In", values: [...names] }] };
}

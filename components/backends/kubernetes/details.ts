import * as pulumi from "@pulumi/pulumi";
import type { KubernetesTopologyArgs } from "./args";
import { clientLabels } from "./names";
import type { KubernetesPlan } from "./plan";
import type { Manifest } from "./secrets";

/**
 * What an application's manifests need: the namespace, the Secret for `envFrom` and the client labels of each
 * role; and `secretManifests`, the Secrets that rendering left out, as one JSON list for `kubeseal` and the like.
 */
export function details(
  args: KubernetesTopologyArgs,
  plan: KubernetesPlan,
  left: readonly pulumi.Output<Manifest>[],
): Record<string, pulumi.Input<string>> {
  const perRole = plan.servers.flatMap(({ role, names }) => {
    const wanted = Object.entries(clientLabels(args, names.server)).map(([key, value]) => `${key}=${value}`);
    return [
      [`${role}Secret`, names.connection],
      [`${role}ClientLabels`, wanted.join(",")],
    ];
  });
  return {
    namespace: plan.namespace,
    ...Object.fromEntries(perRole),
    ...(left.length > 0 && {
      secretManifests: pulumi.secret(
        pulumi.all([...left]).apply((items) => JSON.stringify({ apiVersion: "v1", kind: "List", items })),
      ),
    }),
  };
}

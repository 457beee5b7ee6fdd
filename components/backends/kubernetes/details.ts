import * as pulumi from "@pulumi/pulumi";
import { Role } from "../../redis/roles";
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
): Record<string, pulumi.Output<string>> {
  const perRole = plan.servers.flatMap(({ role, names }) => {
    const prefix = role === Role.Cache ? "cache" : "queue";
    const wanted = Object.entries(clientLabels(args, names.server)).map(([key, value]) => `${key}=${value}`);
    return [
      [`${prefix}Secret`, names.connection],
      [`${prefix}ClientLabels`, wanted.join(",")],
    ] as const;
  });
  return {
    namespace: pulumi.output(plan.namespace),
    ...Object.fromEntries(perRole.map(([key, value]) => [key, pulumi.output(value)])),
    ...(left.length > 0 && {
      secretManifests: pulumi.secret(
        pulumi.all([...left]).apply((items) => JSON.stringify({ apiVersion: "v1", kind: "List", items })),
      ),
    }),
  };
}

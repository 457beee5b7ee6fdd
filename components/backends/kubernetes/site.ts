import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesTopologyArgs } from "./args";
import type { Access } from "./cluster";
import { labels } from "./names";
import { OWNER_LABEL } from "./owner";
import type { KubernetesPlan, ServerPlan } from "./plan";

/** Where the objects of a topology go. */
export interface Site {
  readonly parent: pulumi.Resource;
  readonly name: string;
  readonly args: KubernetesTopologyArgs;
  readonly plan: KubernetesPlan;
  readonly provider: pulumi.ProviderResource;
  /** The way to the cluster that this program applies to itself. */
  readonly access?: pulumi.Output<Access>;
  /** Section of the stack file, for messages. */
  readonly section?: string;
  /** Whose the objects are; see `owner.ts`. */
  readonly owner: string;
  readonly deployment: pulumi.Output<string>;
  /** Annotations of everything that is rendered. */
  readonly rendered?: pulumi.Output<Record<string, string>>;
  /** Size of the claim, where the cluster was asked for what its volume has. */
  readonly volumeSize?: pulumi.Output<string>;
  /** What must be there before anything else. */
  readonly first: readonly pulumi.Resource[];
}

/** The options of every child. */
export function childOptions({ parent, provider, first }: Site): pulumi.CustomResourceOptions {
  return { parent, provider, ...(first.length > 0 && { dependsOn: [...first] }) };
}

/** Metadata of one role's object. */
export function metadata(site: Site, plan: ServerPlan, name: string, annotations?: Record<string, string>) {
  return { ...labelled(site, plan, name), ...annotated(site, annotations) };
}

/** The same of a Secret, which is never rendered. */
export function labelled(site: Site, plan: ServerPlan, name: string) {
  return {
    name,
    namespace: site.plan.namespace,
    labels: { ...labels(plan.names.server, plan.role), [OWNER_LABEL]: site.owner },
  };
}

/** These annotations, and what has a lost manifest written again. */
export function annotated(
  { rendered }: Pick<Site, "rendered">,
  own?: Record<string, string>,
): { annotations?: pulumi.Input<Record<string, string> | undefined> } {
  if (rendered === undefined) return own ? { annotations: own } : {};
  const annotations = rendered.apply((more) => {
    const all = { ...own, ...more };
    return Object.keys(all).length > 0 ? all : undefined;
  });
  return { annotations };
}

import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { DeclaredObject } from "./objects";
import type { Owner } from "./owner";
import type { Target } from "./target";
import type { WantedVolume } from "./volume";

/** What the stack is about to do, and where; the provider's inputs as the program gives them. */
export interface ClusterGuardInputs extends Owner {
  readonly target: Target;
  readonly objects: readonly DeclaredObject[];
  /** A namespace that the stack does not create, and that must be there. */
  readonly existingNamespace?: string;
  /** `namespace` and `name` of the claim, and what it shall be; absent without a queue. */
  readonly volume?: WantedVolume & { readonly namespace: string; readonly claim: string };
  /** Section of the stack file, for messages. */
  readonly section?: string;
}

/** What stays in the state, and is known in a preview already. */
export interface ClusterGuardState {
  /** UID of the cluster's namespace kube-system, which no name in a file can change. */
  readonly cluster: string;
  /** The current context, where the stack leaves it to the kubeconfig. */
  readonly context?: string;
  readonly volume?: WantedVolume;
}

/**
 * Looks at the cluster before anything in it is touched, in the preview already: is it the one where the stack's
 * objects are, is everything of our names ours, can the volume become what the stack wants
 * (docs/adr/0060-kubernetes-cluster-guard.md). A dynamic resource; creates nothing.
 */
export class ClusterGuard extends DynamicResource<ClusterGuardInputs> {
  declare readonly cluster: pulumi.Output<string>;
  /** Only where the stack leaves it to the kubeconfig. */
  declare readonly context: pulumi.Output<string>;
  declare readonly volume: pulumi.Output<WantedVolume | undefined>;

  constructor(name: string, inputs: Inputs<ClusterGuardInputs>, opts: pulumi.CustomResourceOptions) {
    const computed = ["cluster", "context", "volume"];
    super({ type: "ClusterGuard", room: "kubernetes", computed }, name, inputs, opts);
  }
}

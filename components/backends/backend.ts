import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Topology, TopologyArgs } from "../contract";
import type { TopologyOptions } from "../options";
import type { Problem } from "../redis/problems";

/** The constructor every backend's component has. */
export type TopologyClass<Args extends TopologyArgs> = new (
  name: string,
  args: Args,
  opts?: TopologyOptions,
) => Topology & pulumi.ComponentResource;

/** Args as a stack file gives them: what a component cannot do without may be missing, and is then a problem. */
export type Given<Args extends TopologyArgs> = Partial<Args>;

/** One entry of the registry: everything about a backend that is needed before its provider is loaded. */
export interface Backend<Args extends TopologyArgs> {
  /** One line for error messages and the README. */
  readonly summary: string;
  /** Settings of its own, in the stack file under the backend's name; strict. Their keys are args of the component. */
  readonly settings: z.ZodObject;
  /**
   * Everything wrong with these args, settings by their paths in them, before the first resource. Loads the room's
   * decisions, not its provider. Without problems the args are complete.
   */
  problems(args: Given<Args>): Promise<readonly Problem[]>;
  /**
   * What the outside world lacks for these args now: an engine that does not answer, a context that no kubeconfig has.
   * Asked by the program, before the component, which itself asks nobody, and told together with `problems`. Absent where
   * the provider's own message will do.
   */
  unreachable?(args: Given<Args>): Promise<readonly Problem[]>;
  /** The component; loads the provider's SDK. */
  load(): Promise<TopologyClass<Args>>;
}

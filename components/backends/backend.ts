import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Topology, TopologyArgs } from "../contract";
import type { TopologyOptions } from "../options";
import type { Problem } from "../redis/problems";

/** The constructor every backend's component has. */
export type TopologyClass = new (
  name: string,
  // Each room knows its own args; the registry hands over what the room's own schema and check have accepted.
  // biome-ignore lint/suspicious/noExplicitAny: constructor parameters cannot be both specific and assignable
  args: any,
  opts?: TopologyOptions,
) => Topology & pulumi.ComponentResource;

/** One entry of the registry: everything about a backend that is needed before its provider is loaded. */
export interface Backend {
  /** One line for error messages and the README. */
  readonly summary: string;
  /** Settings of its own, in the stack file under the backend's name; strict. Their keys are args of the component. */
  readonly settings: z.ZodObject;
  /** Everything wrong with these args, settings by their paths in them, before the first resource. Loads the room's decisions, not its provider. */
  problems(args: TopologyArgs): Promise<readonly Problem[]>;
  /**
   * What the outside world lacks for these args now: an engine that does not answer. Asked by the program, before
   * the component, which itself asks nobody. Absent where the provider's own message will do.
   */
  unreachable?(args: TopologyArgs): Promise<readonly Problem[]>;
  /** The component; loads the provider's SDK. */
  load(): Promise<TopologyClass>;
}

import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { EngineAccess } from "./client";

/** What the servers of one topology share. */
export interface Place {
  readonly parent: pulumi.Resource;
  /** The topology's name: children are `<name>-…`. */
  readonly name: string;
  /**
   * `<project>-<stack>-<name>`: what things are called on the engine, which others share. It is the network's name as
   * Pulumi's state has it, so that a stack from before the project was in it keeps every name (docs/adr/0087-docker-names.md).
   */
  readonly prefix: pulumi.Output<string>;
  /** `<stack>-<name>`: the prefix in earlier versions. */
  readonly earlierPrefix: string;
  /** `<project>/<stack>/<topology>`, on everything that is made. */
  readonly owner: string;
  readonly access: EngineAccess;
  /** Section of the stack file, for messages. */
  readonly section?: string;
  readonly network: docker.Network;
  /** Options of every child: its parent, and the engine when it is not the provider's own. */
  readonly child: pulumi.CustomResourceOptions;
}

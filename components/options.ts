import type * as pulumi from "@pulumi/pulumi";

/** What a topology's constructor takes beside its args. */
export interface TopologyOptions extends pulumi.ComponentResourceOptions {
  /**
   * Section of a stack file in which the user gave the args of this backend alone, so that messages call them
   * `<section>.<arg>`. Default none: they are args. Changes messages; a Docker queue's container, which holds one, is replaced.
   */
  section?: string;
}

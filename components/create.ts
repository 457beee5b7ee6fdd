import type * as pulumi from "@pulumi/pulumi";
import { type BackendName, backends } from "./backends/registry";
import type { Topology, TopologyArgs } from "./topology";

/** Which backend, and what its component takes. */
export interface TopologySettings {
  readonly backend: BackendName;
  readonly args: TopologyArgs;
}

/** Creates the component of the chosen backend, and loads only that backend's provider. */
export async function createTopology(
  name: string,
  settings: TopologySettings,
  opts?: pulumi.ComponentResourceOptions,
): Promise<Topology & pulumi.ComponentResource> {
  const Component = await backends[settings.backend].load();
  return new Component(name, settings.args, opts);
}

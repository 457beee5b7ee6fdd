import type * as pulumi from "@pulumi/pulumi";
import type { BackendArgs, BackendName } from "./backends/registry";
import { loadBackend } from "./backends/registry";
import type { Topology } from "./contract";
import type { TopologyOptions } from "./options";

/** Which backend, and what its component takes. */
export type TopologySettings = {
  [Name in BackendName]: { readonly backend: Name; readonly args: BackendArgs[Name] };
}[BackendName];

/**
 * Creates the component of the chosen backend, and loads only that backend's provider:
 * `await createTopology("docker", "redis", { queue: {}, bind: "10.0.0.5" })`.
 */
export async function createTopology<Name extends BackendName>(
  backend: Name,
  name: string,
  args: BackendArgs[Name],
  opts?: TopologyOptions,
): Promise<Topology & pulumi.ComponentResource> {
  const { load } = await loadBackend(backend);
  const Component = await load();
  return new Component(name, args, opts);
}

/** For a program that reads its settings from somewhere: what a backend accepts, and how problems are told. */
export type { Backend, Given } from "./backends/backend";
export { flag, isSecretText, secretText, text } from "./backends/fields";
export type { BackendArgs } from "./backends/registry";
export { BackendName, loadBackend } from "./backends/registry";
export { runError } from "./errors";
export { shownNear } from "./redis/near";
export { rolesProblems } from "./redis/plan";
export type { Problem, ToldProblem } from "./redis/problems";
export { describeAll, shapeOf, shown, shownNumber, toldProblem } from "./redis/problems";

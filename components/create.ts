import type * as pulumi from "@pulumi/pulumi";
import type { BackendArgs, BackendName } from "./backends/registry";
import { loadBackend } from "./backends/registry";
import type { Topology } from "./contract";
import { runError } from "./errors";
import { describeAll } from "./redis/problems";

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
  opts?: pulumi.ComponentResourceOptions,
): Promise<Topology & pulumi.ComponentResource> {
  const { load } = await loadBackend(backend);
  const Component = await load();
  return new Component(name, args, opts);
}

/**
 * Throws a RunError with what the outside world lacks, such as an engine that does not answer: for a program to
 * call before `createTopology`, where a provider's own message would not tell what to do.
 */
export async function requireReachable<Name extends BackendName>(
  backend: Name,
  args: BackendArgs[Name],
): Promise<void> {
  const { unreachable } = await loadBackend(backend);
  const problems = (await unreachable?.(args)) ?? [];
  if (problems.length === 0) return;
  throw runError(describeAll(`The ${backend} backend cannot be used now`, problems));
}

/** For a program that reads its settings from somewhere: what a backend accepts, and how problems are told. */
export type { Backend, Given } from "./backends/backend";
export { flag, isSecretText, secretText, text } from "./backends/fields";
export type { BackendArgs } from "./backends/registry";
export { BackendName, loadBackend } from "./backends/registry";
export { runError } from "./errors";
export { shownNear } from "./redis/near";
export { rolesProblems } from "./redis/plan";
export type { Problem } from "./redis/problems";
export { describeAll, shapeOf, shown, shownNumber } from "./redis/problems";

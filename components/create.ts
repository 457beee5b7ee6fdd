import type * as pulumi from "@pulumi/pulumi";
import type { BackendName } from "./backends/registry";
import { loadBackend } from "./backends/registry";
import type { Topology, TopologyArgs } from "./contract";
import { runError } from "./errors";
import type { TopologyOptions } from "./options";
import { describeAll } from "./redis/problems";

/** Which backend, and what its component takes. */
export interface TopologySettings {
  readonly backend: BackendName;
  readonly args: TopologyArgs;
  /**
   * Section of a stack file in which the user gave the args of this backend alone, for messages to name them by.
   * Default none: they are args.
   */
  readonly section?: string;
}

/** Creates the component of the chosen backend, and loads only that backend's provider. */
export async function createTopology(
  name: string,
  settings: TopologySettings,
  opts?: TopologyOptions,
): Promise<Topology & pulumi.ComponentResource> {
  const { load } = await loadBackend(settings.backend);
  const Component = await load();
  return new Component(name, settings.args, { section: settings.section, ...opts });
}

/**
 * Throws a RunError with what the outside world lacks, such as an engine that does not answer: for a program to
 * call before `createTopology`, where a provider's own message would not tell what to do.
 */
export async function requireReachable({ backend, args, section }: TopologySettings): Promise<void> {
  const { unreachable } = await loadBackend(backend);
  const problems = (await unreachable?.(args)) ?? [];
  if (problems.length === 0) return;
  throw runError(describeAll(`The ${backend} backend cannot be used now`, problems, section));
}

/** For a program that reads its settings from somewhere: what a backend accepts, and how problems are told. */
export type { Backend } from "./backends/backend";
export { BackendName, loadBackend } from "./backends/registry";
export { isSecretText, secretText } from "./backends/secretText";
export { runError } from "./errors";
export { shownNear } from "./redis/near";
export { rolesProblems } from "./redis/plan";
export type { Problem, ToldProblem } from "./redis/problems";
export { describeAll, shapeOf, shown, shownNumber, toldProblem } from "./redis/problems";

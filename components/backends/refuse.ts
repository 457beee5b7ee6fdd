import type * as pulumi from "@pulumi/pulumi";
import { resourceError } from "../errors";
import type { TopologyOptions } from "../options";
import type { Problem } from "../redis/problems";
import { describeAll } from "../redis/problems";

/** Throws one error, tied to the component, that names everything wrong with its args. Before the first child. */
export function refuse(
  name: string,
  problems: readonly Problem[],
  component: pulumi.Resource,
  { section }: Pick<TopologyOptions, "section"> = {},
): void {
  if (problems.length === 0) return;
  throw resourceError(describeAll(`The topology "${name}" cannot be created`, problems, section), component);
}

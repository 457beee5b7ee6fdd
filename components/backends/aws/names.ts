import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "./physicalName";

/** The name in AWS of what a topology of this stack has for a purpose. */
export function nameInAws(topology: string, purpose: string, limit: number): string {
  return physicalName([pulumi.getProject(), pulumi.getStack(), topology], purpose, limit);
}

/** The tags of everything that a topology makes: project, stack and topology, and over them the user's own. */
export function ownTags(
  topology: string,
  tags: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    "pulumi:project": pulumi.getProject(),
    "pulumi:stack": pulumi.getStack(),
    "redis-topology": topology,
    ...tags,
  };
}

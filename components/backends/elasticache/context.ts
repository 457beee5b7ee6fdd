import * as pulumi from "@pulumi/pulumi";
import type { TopologyOptions } from "../../options";
import { Role } from "../../redis/roles";
import { physicalName } from "../physicalName";
import type { ElasticacheTopologyArgs } from "./args";

/**
 * At most 40 characters for a replication group and for a manual snapshot (ElastiCache API,
 * CreateReplicationGroup); the final snapshot is the group's name with a hyphen and eight digits.
 */
const GROUP_ID_LIMIT = 40 - 9;

/** What every resource of one group is named and tagged by. */
export interface Context {
  readonly component: pulumi.ComponentResource;
  /** Logical name of the topology. */
  readonly name: string;
  /** Name in AWS; everything else of the group begins with it. */
  readonly groupId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether what a queue cannot be used without, its jobs and its password, is kept from deletion. */
  readonly protect: boolean;
  /** Section of the stack file, for messages. */
  readonly section?: string;
}

/** The context of a role's group, or of what the groups share. */
export function contextOf(
  component: pulumi.ComponentResource,
  name: string,
  part: Role | "subnets",
  args: ElasticacheTopologyArgs,
  { section }: TopologyOptions = {},
): Context {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const groupId = physicalName([project, stack, name], part, GROUP_ID_LIMIT);
  const tags = { Name: groupId, "pulumi:project": project, "pulumi:stack": stack, "redis-topology": name };
  const protect = part === Role.Queue && (args.protect ?? true);
  return { component, name, groupId, tags: { ...tags, ...args.tags }, protect, section };
}

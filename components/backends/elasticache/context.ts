import type * as pulumi from "@pulumi/pulumi";
import type { TopologyOptions } from "../../options";
import { Role } from "../../redis/roles";
import { nameInAws, ownTags } from "../aws/names";
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
  const groupId = nameInAws(name, part, GROUP_ID_LIMIT);
  const protect = part === Role.Queue && (args.protect ?? true);
  const tags = { Name: groupId, ...ownTags(name, args.tags) };
  return { component, name, groupId, tags, protect, section };
}

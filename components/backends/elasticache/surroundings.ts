import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { ParameterGroup } from "@pulumi/aws/elasticache/parameterGroup";
import { SubnetGroup } from "@pulumi/aws/elasticache/subnetGroup";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";
import { isIpv6 } from "./network";
import type { GroupPlan } from "./plan";

/** The subnets that both groups lie in. */
export function createSubnetGroup(
  { component, name, groupId, tags }: Context,
  args: ElasticacheTopologyArgs,
): SubnetGroup {
  return new SubnetGroup(
    `${name}-subnets`,
    { name: groupId, description: "Redis topology", subnetIds: args.subnetIds, tags },
    { parent: component },
  );
}

/** The firewall of one group: its port, from the clients that are given. */
export function createSecurityGroup(
  { component, name, groupId, tags }: Context,
  args: ElasticacheTopologyArgs,
  { role, port }: GroupPlan,
): SecurityGroup {
  const { allowedSecurityGroups = [], allowedCidrs = [] } = args;
  const ipv6 = allowedCidrs.filter(isIpv6);
  const ipv4 = allowedCidrs.filter((cidr) => !isIpv6(cidr));
  return new SecurityGroup(
    `${name}-${role}-clients`,
    {
      // EC2 refuses names that begin with `sg-`, which a project may be called.
      name: `redis-${groupId}`,
      description: `Clients of the Redis topology: ${role}`,
      vpcId: args.vpcId,
      ingress: [
        {
          description: "Redis",
          protocol: "tcp",
          fromPort: port,
          toPort: port,
          ...(allowedSecurityGroups.length > 0 && { securityGroups: allowedSecurityGroups }),
          ...(ipv4.length > 0 && { cidrBlocks: ipv4 }),
          ...(ipv6.length > 0 && { ipv6CidrBlocks: ipv6 }),
        },
      ],
      tags,
    },
    { parent: component },
  );
}

/**
 * A role's parameters. Its family is part of the name: a new family needs a new group, which Pulumi creates
 * before the old one, still in use, is deleted. So does durability, since `cluster-enabled` cannot be changed.
 */
export function createParameterGroup(
  { component, name, groupId, tags }: Context,
  { role, engine, durability, parameters }: GroupPlan,
): ParameterGroup {
  const kind = `${engine.family.replaceAll(".", "-")}${durability === undefined ? "" : "-cluster"}`;
  return new ParameterGroup(
    `${name}-${role}-parameters`,
    {
      name: `${groupId}-${kind}`,
      family: engine.family,
      description: `Redis topology: ${role}`,
      parameters: [...parameters],
      tags,
    },
    // The provider would delete first, since the name is given; but the old one is in use.
    { parent: component, deleteBeforeReplace: false },
  );
}

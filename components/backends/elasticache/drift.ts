import { ParameterGroup } from "@pulumi/aws/elasticache/parameterGroup";
import * as pulumi from "@pulumi/pulumi";
import { QUEUE_POLICY, Role } from "../../redis/roles";
import type { Context } from "./context";
import type { Parameter } from "./parameters";

const POLICY = "maxmemory-policy";

/**
 * What keeps a queue's parameter group from being one, if anything does. AWS lists the parameters that were set; a
 * list without any says nothing.
 */
export function policyDrift(groupName: string, now: readonly Parameter[] = []): string | undefined {
  const policy = now.find(({ name }) => name === POLICY)?.value;
  if (now.length === 0 || policy === QUEUE_POLICY) return undefined;
  const found = policy ?? "no value, and so AWS's default volatile-lru";
  return `The parameter group ${groupName} has ${found} for ${POLICY}, and not ${QUEUE_POLICY}: jobs can be evicted. Somebody changed it outside of this program; \`pulumi up --refresh\` puts it right.`;
}

/**
 * Asks AWS on every preview and update what makes a queue a queue, where Pulumi itself would look at its state only.
 * CONFIG SET is closed on ElastiCache, so that the parameter group is the one place where it can be changed.
 */
export function watchPolicy({ component, name }: Context, role: Role, group: ParameterGroup): void {
  if (role !== Role.Queue) return;
  const options = { parent: component };
  const now = ParameterGroup.get(`${name}-${role}-parameters-now`, group.id, undefined, options);
  pulumi.all([now.id, now.parameters]).apply(([groupName, parameters]) => {
    const drift = policyDrift(groupName, parameters);
    if (drift !== undefined) pulumi.log.warn(drift, component);
  });
}

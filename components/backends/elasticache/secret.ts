import { Secret } from "@pulumi/aws/secretsmanager/secret";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import type { Server } from "../../outputs";
import { DEFAULT_USERNAME } from "../../redis/acl";
import { connectionUrl } from "../../redis/connection";
import type { Role } from "../../redis/roles";
import type { ElasticacheTopologyArgs } from "./args";
import type { Context } from "./context";

/** Days in which a deleted secret can be restored: the least that Secrets Manager takes. */
const RECOVERY_DAYS = 7;

/**
 * The connection for applications that read Secrets Manager: JSON of host, port, username, password, tls, url,
 * and prefix where one is needed. Written after the group has taken a new token. Protected like the group: without it
 * nobody who reads it there reaches the jobs. Returns the secret's ARN.
 */
export function storeConnection(
  { component, name, groupId, tags, protect }: Context,
  args: ElasticacheTopologyArgs,
  role: Role,
  server: Server,
): pulumi.Output<string> {
  const { hex } = new RandomId(
    `${name}-${role}-connection-name`,
    { byteLength: 4, keepers: { groupId } },
    { parent: component },
  );
  const secret = new Secret(
    `${name}-${role}-connection`,
    {
      // A deleted secret keeps its name until it can no longer be restored.
      name: pulumi.interpolate`${groupId}-${hex}`,
      description: `Connection of the Redis topology: ${role}`,
      recoveryWindowInDays: RECOVERY_DAYS,
      ...(args.kmsKeyId !== undefined && { kmsKeyId: args.kmsKeyId }),
      tags,
    },
    { parent: component, protect },
  );
  new SecretVersion(
    `${name}-${role}-connection-version`,
    { secretId: secret.id, secretString: connectionJson(server) },
    { parent: component },
  );
  return secret.arn;
}

function connectionJson({ host, port, password, prefix }: Server): pulumi.Output<string> {
  const known = pulumi.all([host, port, password, prefix]).apply(([host, port, password, prefix]) => {
    const connection = { host, port, username: DEFAULT_USERNAME, password, tls: true };
    return JSON.stringify({ ...connection, url: connectionUrl(connection), prefix });
  });
  return pulumi.secret(known);
}

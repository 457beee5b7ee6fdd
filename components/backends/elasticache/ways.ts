import type { RoleWays } from "../../redis/ways";
import type { ElasticacheTopologyArgs } from "./args";
import { engineLog } from "./logs";
import type { GroupPlan } from "./plan";

/** Ways to a group, which answers inside its VPC: through an instance of it that Session Manager reaches. */
export function groupWays(
  { bastion, logRetentionDays }: ElasticacheTopologyArgs,
  { port }: GroupPlan,
  groupId: string,
  aws: readonly string[],
): RoleWays {
  return {
    ...(logRetentionDays !== 0 && { logs: [...aws, "logs", "tail", "{args}", engineLog(groupId)] }),
    ...(bastion === undefined ? { instead: INSIDE_ONLY } : { tunnel: forward(aws, bastion, port) }),
  };
}

const INSIDE_ONLY =
  "It answers inside its VPC only: run this command there, or name an instance that Session Manager reaches as `elasticache.bastion`.";

/** Systems Manager User Guide, "Port forwarding to remote hosts". */
function forward(aws: readonly string[], bastion: string, port: number): string[] {
  return [
    ...aws,
    ...["ssm", "start-session", "--target", bastion],
    ...["--document-name", "AWS-StartPortForwardingSessionToRemoteHost"],
    ...["--parameters", `host={host},portNumber=${port},localPortNumber={port}`],
  ];
}

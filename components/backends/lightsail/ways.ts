import type { RoleWays } from "../../redis/ways";
import { containerName } from "./container";

/** Ways to a container, which has neither a door to the outside nor a shell. */
export function containerWays(
  role: string,
  serviceName: string,
  open: boolean,
  aws: readonly string[],
): RoleWays {
  const container = ["--service-name", serviceName, "--container-name", containerName(role)];
  return {
    logs: [
      ...aws,
      ...["lightsail", "get-container-log", ...container],
      ...["--query", "logEvents[].[createdAt,message]", "--output", "text", "{args}"],
    ],
    instead: open
      ? "It answers to the containers of its service and, by its private domain, to the services of its Region: run this command in one of them."
      : 'It answers to the containers of its own deployment alone: docs/operations/lightsail.md, "From inside", has one that looks.',
  };
}

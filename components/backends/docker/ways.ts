import { isLoopback } from "../../redis/address";
import type { RolePlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import type { RoleWays, Ways } from "../../redis/ways";
import { isRemote } from "./address";
import type { DockerTopologyArgs } from "./args";
import type { DockerPlan } from "./plan";

/** Ways to the containers: the engine's own commands, and `ssh` to the machine of an engine that is reached so. */
export function dockerWays(args: DockerTopologyArgs, plan: DockerPlan, prefix: string): Ways {
  return Object.fromEntries(rolePlans(plan).map((role) => [role.role, roleWays(args, plan, role, prefix)]));
}

function roleWays(args: DockerTopologyArgs, plan: DockerPlan, role: RolePlan, prefix: string): RoleWays {
  const container = `${prefix}-${role.role}`;
  const docker = ["docker", ...engineOptions(args)];
  const remote = plan.engine !== undefined && isRemote(plan.engine);
  return {
    logs: [...docker, "logs", "--tail", "100", "{args}", container],
    restart: [...docker, "restart", container],
    ...(remote && isLoopback(plan.bind) && { tunnelOnly: true }),
    ...(plan.engine?.scheme === "ssh"
      ? { tunnel: sshTunnel(args, plan.bind, role.port) }
      : { instead: "Its port is published on the engine's machine: run this command there." }),
  };
}

/** As `docker` takes them. */
function engineOptions({ host, certPath }: DockerTopologyArgs): string[] {
  if (host === undefined) return [];
  if (certPath === undefined) return ["--host", host];
  const file = (name: string) => `${certPath}/${name}.pem`;
  const tls = [
    "--tlsverify",
    `--tlscacert=${file("ca")}`,
    `--tlscert=${file("cert")}`,
    `--tlskey=${file("key")}`,
  ];
  return ["--host", host, ...tls];
}

/** Asks for no password, which nobody could type: the tunnel belongs to another command. */
function sshTunnel({ host = "", sshOptions = [] }: DockerTopologyArgs, bind: string, port: number): string[] {
  const { hostname, port: sshPort, username } = new URL(host);
  const machine =
    decodeURIComponent(username) === "" ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  // What listens everywhere listens on the loopback too.
  const far = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[bind] ?? (bind.includes(":") ? `[${bind}]` : bind);
  return [
    "ssh",
    ...["-N", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes"],
    ...sshOptions,
    ...(sshPort === "" ? [] : ["-p", sshPort]),
    ...["-L", `127.0.0.1:{port}:${far}:${port}`, machine],
  ];
}

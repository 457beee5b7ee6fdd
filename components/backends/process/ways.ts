import type { RoleWays, Ways } from "../../redis/ways";
import type { RedisServerInputs } from "./redisServer";
import { serverPaths } from "./server/files";
import { systemctlCommand } from "./supervision";
import { unitName } from "./unit";

/** Lines of the log that are shown unless more are asked for. */
const LOG_LINES = "100";

/**
 * Ends the server, which saves first, and starts the same program with the same configuration. `$0` is its pid file,
 * `$1` its configuration. Redis writes the program's name first into its title.
 */
const RESTART = [
  'pid=$(cat "$0")',
  'title=$(ps -o args= -p "$pid")',
  'kill "$pid"',
  'while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done',
  'exec "${title%% *}" "$1"',
].join(" && ");

/** Ways to the servers, which run on the host that deploys them and listen there only. */
export function processWays(servers: readonly Server[]): Ways {
  return Object.fromEntries(servers.map((server) => [server.role, roleWays(server)]));
}

type Server = Pick<RedisServerInputs, "owner" | "role" | "directory" | "supervise">;

function roleWays(server: Server): RoleWays {
  const { config, log, pid } = serverPaths(server.directory);
  return {
    logs: ["tail", "-n", LOG_LINES, "{args}", log],
    // systemd would start a server that somebody else ends a second time.
    restart:
      server.supervise === undefined
        ? ["sh", "-c", RESTART, pid, config]
        : systemctlCommand(server.supervise, ["restart", unitName(server)]),
    instead: "It listens on the loopback of the host that ran `pulumi up` only: run this command there.",
  };
}

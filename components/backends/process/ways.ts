import * as path from "node:path";
import type { TopologyPlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import type { RoleWays, Ways } from "../../redis/ways";
import { serverPaths } from "./server/files";

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
export function processWays(directory: string, plan: TopologyPlan): Ways {
  return Object.fromEntries(rolePlans(plan).map(({ role }) => [role, roleWays(path.join(directory, role))]));
}

function roleWays(folder: string): RoleWays {
  const { config, log, pid } = serverPaths(folder);
  return {
    logs: ["tail", "-n", LOG_LINES, "{args}", log],
    restart: ["sh", "-c", RESTART, pid, config],
    instead: "It listens on the loopback of the host that ran `pulumi up` only: run this command there.",
  };
}

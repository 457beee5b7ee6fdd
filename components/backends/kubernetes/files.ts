import { DEFAULT_USERNAME } from "../../redis/acl";
import { renderConfig } from "../../redis/config";
import { exporterPasswords } from "../../redis/exporter";
import { confArgument } from "../../redis/quote";
import type { Directive } from "../../redis/roles";
import { exporterAddress } from "./exporter";
import type { ServerPlan } from "./plan";
import { repairScript } from "./repair";

/** Where the ConfigMap is mounted. */
export const CONFIG_DIR = "/etc/redis";
/** Where the server's Secret is mounted. */
export const AUTH_DIR = "/etc/redis-auth";
/** Where a queue's volume is mounted. */
export const DATA_DIR = "/data";

/** The ConfigMap: redis.conf and the scripts that the pod runs. */
export function configFiles(plan: ServerPlan): Record<string, string> {
  return {
    "redis.conf": renderConfig(serverConfig(plan)),
    "ready.sh": readyScript(plan),
    ...(plan.persists && { "alive.sh": ALIVE_SCRIPT, "repair.sh": repairScript(plan.engine) }),
  };
}

/** The server's Secret: hashes for Redis, a login for the readiness probe, a password for the exporter. */
export function authFiles(plan: ServerPlan, acl: string, password: string): Record<string, string> {
  const login = [DEFAULT_USERNAME, password].map(confArgument).join(" ");
  return {
    "users.acl": acl,
    ping: `AUTH ${login}\nPING\n`,
    "exporter.json": exporterPasswords(exporterAddress(plan.port), password),
  };
}

/** Everything in redis.conf. */
export function serverConfig(plan: ServerPlan): Directive[] {
  return [...serverDirectives(plan), ...plan.directives];
}

/** Open to the pod network, closed by password and NetworkPolicy. */
function serverDirectives(plan: ServerPlan): Directive[] {
  return [
    // The second address, IPv6, may be missing; the minus says so.
    ["bind", "*", "-::*"],
    ["port", String(plan.port)],
    ["aclfile", `${AUTH_DIR}/users.acl`],
    ...(plan.persists ? ([["dir", DATA_DIR]] satisfies Directive[]) : []),
  ];
}

/** What makes a queue a queue: with another value it loses jobs, and says nothing. */
const ROLE_SETTINGS = ["maxmemory-policy", "appendonly"];

/**
 * Ready = answers an authenticated PING, and a queue still is one. The login comes from a file through standard input,
 * so the password is in no argument and no environment. MISCONF (disk trouble) counts: readers and operators still need
 * to get in. A setting that may not be asked for passes. See docs/adr/0062-kubernetes-drift.md.
 */
function readyScript({ engine, port, persists, directives }: ServerPlan): string {
  const settings = directives.filter(([name]) => persists && ROLE_SETTINGS.includes(name));
  return `answers=$({ cat ${AUTH_DIR}/ping; ${settings.map(([name]) => `echo CONFIG GET ${name}; `).join("")}} | ${engine}-cli -p ${port})
echo "$answers" | grep -Eq '^(PONG|MISCONF)' || { echo "no answer to PING"; exit 1; }
same() {
  is=$(echo "$answers" | sed -n "/^$1$/{n;p;}")
  [ -z "$is" ] || [ "$is" = "$2" ] || { echo "$1 is $is, not $2: CONFIG SET $1 $2, or delete the pod"; exit 1; }
}
${settings
  .map(
    ([name, value]) => `same ${name} ${value}
`,
  )
  .join("")}`;
}

/**
 * Alive = the volume can be written. It says nothing of Redis on purpose: a server that loads or runs a long
 * script must not be killed for it. Opening a file that exists needs no space, so a full volume passes; one that
 * turned read-only (Longhorn after an I/O error) does not.
 */
const ALIVE_SCRIPT = `: >> ${DATA_DIR}/.writable\n`;

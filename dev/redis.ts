import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { LEAST_VERSION, SOFTWARE } from "redis-topology/redis";
import { Failure, say } from "./launcher/failure";
import { allOnPath, versionOf } from "./launcher/find";
import type { Env } from "./launcher/paths";
import { devFolder } from "./launcher/paths";
import { atLeast } from "./launcher/version";

export const OLDEST_REDIS = `${LEAST_VERSION}.0`;
const SERVERS = Object.values(SOFTWARE).map(({ server }) => server);

export interface Server {
  path: string;
  version: string;
}

export function redisServers(env: Env = process.env): Server[] {
  return SERVERS.flatMap((name) => allOnPath(name, env)).map((path) => ({
    path,
    version: /v=(\S+)/.exec(versionOf(path, ["--version"]))?.[1] ?? "",
  }));
}

export const usableRedis = (servers: Server[]) =>
  servers.find(({ version }) => atLeast(version, OLDEST_REDIS));

const MANAGERS = {
  "apt-get": [join(devFolder, "apt-install.sh"), "redis-server"],
  dnf: ["dnf", "install", "-y", "redis"],
  apk: ["apk", "add", "redis"],
  pacman: ["pacman", "-Sy", "--noconfirm", "valkey"],
  brew: ["brew", "install", "redis"],
};
export type Manager = keyof typeof MANAGERS;
export const managers = Object.keys(MANAGERS) as Manager[];

export interface Host {
  manager: Manager | undefined;
  root: boolean;
  /** `sudo -n` works: no password is asked for. */
  sudo: boolean;
  found: Server[];
}

/** The command that installs a Redis server, or why there is none. */
export function installPlan({ manager, root, sudo, found }: Host): { command: string[] } | { error: string } {
  const command = manager && MANAGERS[manager];
  if (command && (manager === "brew" || root)) return { command };
  if (command && sudo) return { command: ["sudo", "-n", ...command] };
  const seen = found.map(({ path, version }) => `${path} is ${version || "not a Redis server"}`).join(", ");
  const byHand = command ? `sudo ${command.join(" ")}` : "your system's package `redis` or `valkey`";
  return {
    error: [
      `redis-server or valkey-server ${OLDEST_REDIS} or newer is needed on PATH; ${seen || "neither was found"}.`,
      `It cannot be installed from here (${manager ? "that needs root, or sudo without a password" : `none of ${managers.join(", ")} was found`}).`,
      `Install it (${byHand}), then run the same command again. No service needs to run.`,
    ].join("\n"),
  };
}

const succeeds = (command: string, args: string[]) =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

function host(found: Server[]): Host {
  const manager = managers.find((name) => allOnPath(name, process.env).length > 0);
  const root = process.getuid?.() === 0;
  return { manager, root, sudo: !root && succeeds("sudo", ["-n", "true"]), found };
}

/** A Redis server on PATH; installs the distribution's package when there is none and this user may. */
export function ensureRedis(): Server {
  const found = redisServers();
  const usable = usableRedis(found);
  if (usable) return usable;
  const plan = installPlan(host(found));
  if ("error" in plan) throw new Failure(plan.error);
  say(
    `No Redis server ${OLDEST_REDIS} or newer on PATH; installing one, without starting a service: ${plan.command.join(" ")}`,
  );
  const [command = "", ...args] = plan.command;
  const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  const installed = usableRedis(redisServers());
  if (installed) return installed;
  throw new Failure(
    `\`${plan.command.join(" ")}\` ended with exit code ${status}, and there is still no usable Redis server.`,
  );
}

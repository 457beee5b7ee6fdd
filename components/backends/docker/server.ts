import { createHmac } from "node:crypto";
import { PROBE_USERNAME } from "../../redis/acl";
import { renderConfig } from "../../redis/config";
import type { RolePlan } from "../../redis/plan";
import type { RoleImage } from "./images";
import { ACL_FILE, CONFIG_FILE, DATA_FOLDER, LIMIT_FILE, PROBE_FILE } from "./places";
import { startScript } from "./start";

const MIB = 1024 * 1024;

/** File descriptors that Redis keeps beside its clients (server.h, CONFIG_MIN_RESERVED_FDS), rounded up. */
const RESERVED_FILES = 240;
/** Clients that Redis takes unless `maxclients` says otherwise (redis.conf). */
const DEFAULT_MAX_CLIENTS = 10_000;

/**
 * Seconds between SIGTERM and SIGKILL. A server that is done ends at once; a queue saves first, at 32 MiB/s on a slow
 * disk, for which this is enough up to 18 GiB. Not by `maxMemory`, since another number makes another container.
 */
const STOP_SECONDS = { cache: 30, queue: 600 } as const;

/** The Docker provider counts memory in MiB, so a limit is rounded up to one. */
export function memoryMiB(plan: RolePlan): number {
  return Math.ceil(plan.memoryLimit / MIB);
}

export function stopSeconds({ role }: RolePlan): number {
  return STOP_SECONDS[role];
}

/** Open files that the server may have: its clients and its own. */
export function openFiles({ directives }: RolePlan): number {
  const given = Number(directives.find(([name]) => name === "maxclients")?.[1]);
  return (Number.isInteger(given) ? given : DEFAULT_MAX_CLIENTS) + RESERVED_FILES;
}

/**
 * redis.conf of a role. It listens inside the container on the port that is published, so that both worlds use one
 * number. `maxmemory` stands in a file of its own.
 */
export function serverConfig({ port, directives }: RolePlan): string {
  return renderConfig([
    ["bind", "*", "-::*"],
    ["port", String(port)],
    ["dir", DATA_FOLDER],
    ["aclfile", ACL_FILE],
    ...directives.filter(([name]) => name !== "maxmemory"),
    // At the end: after an include, Redis 7.0 takes each `save` for the only one (config.c, reading_config_file).
    ["include", LIMIT_FILE],
  ]);
}

/** What the container runs: a cache its server, a queue the script that looks at the volume first. */
export function startCommand({ persists }: RolePlan, { server }: RoleImage, section?: string): string[] {
  return persists ? ["sh", "-c", startScript(server, section)] : [server, CONFIG_FILE];
}

/** What a health check is made of, as the Docker provider takes it. */
export interface HealthCheck {
  readonly tests: string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
}

/**
 * Logs in as the user who may only PING, with a password that stands in a file and never in a command.
 * LOADING is healthy: a server that reads a big AOF is at work, and clients wait for it.
 */
export function healthCheck({ port }: RolePlan, { cli }: RoleImage): HealthCheck {
  const script = [
    `read -r REDISCLI_AUTH < ${PROBE_FILE}`,
    // Valkey's client has a name of its own for it, and not every version knows the old one.
    "VALKEYCLI_AUTH=$REDISCLI_AUTH",
    "export REDISCLI_AUTH VALKEYCLI_AUTH",
    `case "$(${cli} -p ${port} --user ${PROBE_USERNAME} ping)" in PONG|LOADING*) exit 0;; *) exit 1;; esac`,
  ];
  // In Go's own form (`1m0s`, not `60s`): the engine hands durations back so, and another form differs for ever.
  return { tests: ["CMD-SHELL", script.join("; ")], interval: "5s", timeout: "5s", retries: 6 };
}

/** A cache writes nothing, but Redis wants a folder; in memory, so that an image's own volume is not created for it. */
export function cacheFolder(user: string): Record<string, string> {
  const [uid, gid = "0"] = user.split(":");
  return { [DATA_FOLDER]: `rw,noexec,nosuid,nodev,size=${MIB},mode=0700,uid=${uid},gid=${gid}` };
}

/**
 * A mark of everything that takes effect only in a new container: the engine neither reads files again nor applies
 * a changed health check or tmpfs. Keyed, so that a label which anybody may inspect confirms no guess of a password.
 */
export function settingsMark(key: string, settings: unknown): string {
  return createHmac("sha256", key).update(JSON.stringify(settings)).digest("hex");
}

import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import * as path from "node:path";
import { compareVersions, LEAST_VERSION, SOFTWARE } from "../../../redis/software";
import type { Program } from "../unit";
import { run } from "./environment";

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  redis: [SOFTWARE.redis.server],
  valkey: [SOFTWARE.valkey.server],
  any: [SOFTWARE.redis.server, SOFTWARE.valkey.server],
};

/** A server program of this host. */
export interface Binary {
  readonly command: string;
  /** `7.0.15` */
  readonly version: string;
}

/**
 * Finds the server program on PATH: of the engine asked for, else Redis before Valkey. `version` is a prefix that
 * the program's version must have (`7`, `7.0`). Throws with what to install.
 */
export async function findBinary(engine: string | undefined, version: string | undefined): Promise<Binary> {
  const commands = SERVERS[engine ?? "any"] ?? [];
  const found: Binary[] = [];
  for (const command of commands) {
    const binary = await readVersion(command);
    if (binary && isUsable(binary.version, version)) return binary;
    if (binary) found.push(binary);
  }
  throw new Error(
    `No usable server on this host: looked for ${commands.join(" and ")} on PATH, found ` +
      `${found.map((binary) => `${binary.command} ${binary.version}`).join(", ") || "none"}; ` +
      `needed is ${version === undefined ? `${LEAST_VERSION} or newer` : `version ${version}`}. ` +
      "Install it (Debian and Ubuntu: apt-get install redis-server; Fedora: dnf install valkey; " +
      "Alpine: apk add redis; macOS: brew install redis), or choose another backend.",
  );
}

/** Where a server program lies on PATH, for systemd, which looks nowhere. */
export async function programOf({ command }: Binary): Promise<Program> {
  const file = await onPath(command);
  if (file === undefined) throw new Error(`${command} is not on PATH any more.`);
  return { path: file, notifies: (await readFile(file)).includes("libsystemd.so") };
}

/** As its makers and as Debian call it. */
const EXPORTERS = ["redis_exporter", "prometheus-redis-exporter"];

/** Where the exporter lies; throws with what to install. */
export async function findExporter(): Promise<string> {
  for (const command of EXPORTERS) {
    const file = await onPath(command);
    if (file !== undefined) return file;
  }
  throw new Error(
    `No exporter on this host: looked for ${EXPORTERS.join(" and ")} on PATH. ` +
      "Install it (Debian and Ubuntu: apt-get install prometheus-redis-exporter, then systemctl disable --now " +
      "prometheus-redis-exporter, which watches another server; elsewhere: a release of " +
      "github.com/oliver006/redis_exporter)",
  );
}

async function onPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.resolve(folder, command);
    if (await canExecute(file)) return file;
  }
  return undefined;
}

async function canExecute(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function readVersion(command: string): Promise<Binary | undefined> {
  // Both print `Redis server v=7.0.15 sha=…` (Valkey since 8: `Valkey server v=8.0.1`).
  const output = await run(command, ["--version"]).catch(() => undefined);
  const version = /\bv=(\d+\.\d+\.\d+)/.exec(output?.stdout ?? "")?.[1];
  return version === undefined ? undefined : { command, version };
}

function isUsable(version: string, prefix: string | undefined): boolean {
  return compareVersions(version, LEAST_VERSION) >= 0 && hasPrefix(version, prefix);
}

function hasPrefix(version: string, prefix: string | undefined): boolean {
  return prefix === undefined || version === prefix || version.startsWith(`${prefix}.`);
}

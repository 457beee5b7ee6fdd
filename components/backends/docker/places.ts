import type { Output } from "@pulumi/pulumi";
import type { Role } from "../../redis/roles";

/** Folder of the configuration in every container; a volume of its own, read-only for the server. */
export const CONFIG_FOLDER = "/etc/redis-topology";
/** Where Redis keeps its files: the queue's volume, or the cache's memory. */
export const DATA_FOLDER = "/data";

export const CONFIG_FILE = `${CONFIG_FOLDER}/redis.conf`;
export const ACL_FILE = `${CONFIG_FOLDER}/users.acl`;
/** `maxmemory`, which redis.conf includes: the only setting that changes without a new container. */
export const LIMIT_FILE = `${CONFIG_FOLDER}/limit.conf`;
/** Password of the user who may only PING, a line; the health check reads it. */
export const PROBE_FILE = `${CONFIG_FOLDER}/probe`;

/** What the container that carries a server's files, and their volume, are called on the engine. */
export function carrierName(prefix: Output<string>, role: Role): Output<string> {
  return prefix.apply((text) => `${text}-${role}-config`);
}

export function serverName(prefix: Output<string>, role: Role): Output<string> {
  return prefix.apply((text) => `${text}-${role}`);
}

/** What the container of a role's exporter is called on the engine. */
export function exporterName(prefix: Output<string>, role: Role): Output<string> {
  return prefix.apply((text) => `${text}-${role}-exporter`);
}

/** What the volume of a role's data is called, unless the stack names one. */
export function dataVolumeName(prefix: string, role: Role): string {
  return `${prefix}-${role}-data`;
}

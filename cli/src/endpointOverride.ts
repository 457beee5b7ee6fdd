import { isIP } from "node:net";
import { connectionUrl, environment, isPort, ROLES, Role } from "redis-topology/redis";
import { UserError } from "./errors";
import type { BullmqOutputs, Endpoint, StackOutputs } from "./outputs";

type Ways = NonNullable<StackOutputs["ways"]>;

/** Another address for a role, such as the local end of a port-forward. */
export interface EndpointOverride {
  readonly role: Role;
  readonly host: string;
  readonly port: number;
}

/** Reads `queue=127.0.0.1:16380` or `cache=[::1]:16379`. Throws UserError. */
export function parseOverride(text: string): EndpointOverride {
  const match = /^([^=]*)=(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const [, name, bracketed, plain, digits] = match ?? [];
  const role = ROLES.find((candidate) => candidate === name);
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (role === undefined || host === undefined || !isPort(port)) {
    throw new UserError(
      `${JSON.stringify(text)} is no endpoint. Allowed: ROLE=HOST:PORT with the role ${ROLES.join(" or ")} and a port from 1 to 65535, such as \`queue=127.0.0.1:16380\` or \`cache=[::1]:16379\`.`,
    );
  }
  return { role, host, port };
}

/**
 * The outputs with other addresses. The TLS certificate is still checked against the name in the outputs,
 * where that is a name and not an address. What leads elsewhere by itself, a tunnel, is left out. Throws UserError for
 * a role that is not there or comes twice.
 */
export function applyOverrides(outputs: StackOutputs, overrides: readonly EndpointOverride[]): StackOutputs {
  const changed = { ...outputs };
  for (const { role, host, port } of overrides) {
    const endpoint = outputs[role];
    if (!endpoint || overrides.filter((other) => other.role === role).length > 1) {
      throw new UserError(
        `--endpoint ${role}=${host}:${port}: ${endpoint ? "the role is given twice. Give it once." : `the outputs hold no ${role}. Remove the option.`}`,
      );
    }
    const moved = moveEndpoint(endpoint, host, port);
    changed[role] = moved;
    changed.env = { ...changed.env, ...moveVariables(role, endpoint, moved) };
    if (changed.ways) changed.ways = withoutTunnel(changed.ways, role);
    if (role === Role.Queue && outputs.bullmq) changed.bullmq = moveBullmq(outputs.bullmq, host, port);
  }
  return changed;
}

/** The variables of a role that say where it is. */
function moveVariables(role: Role, from: Endpoint, to: Endpoint): Record<string, string> {
  const variables = (endpoint: Endpoint) =>
    role === Role.Cache ? environment(endpoint, undefined) : environment(undefined, endpoint);
  const before = variables(from);
  return Object.fromEntries(Object.entries(variables(to)).filter(([name, value]) => before[name] !== value));
}

function withoutTunnel({ cache, queue }: Ways, role: Role): Ways {
  const ways = { cache, queue };
  const { logs, restart, instead } = ways[role] ?? {};
  ways[role] = { tunnel: undefined, tunnelOnly: undefined, logs, restart, instead };
  return ways;
}

function moveEndpoint(endpoint: Endpoint, host: string, port: number): Endpoint {
  const moved = { ...endpoint, inside: undefined, host, port, ...servernameOf(endpoint) };
  return { ...moved, url: connectionUrl(moved) };
}

function moveBullmq(bullmq: BullmqOutputs, host: string, port: number): BullmqOutputs {
  const move = (connection: BullmqOutputs["producer"]) => ({
    ...connection,
    host,
    port,
    ...(connection.tls && { tls: { ...connection.tls, ...servernameOf(connection) } }),
  });
  return { ...bullmq, producer: move(bullmq.producer), worker: move(bullmq.worker) };
}

/** SNI takes names only (RFC 6066). */
function servernameOf({ host }: { host: string }): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

import type { Redis } from "ioredis";
import type { Role } from "redis-topology/redis";
import { applyOverrides } from "./endpointOverride";
import { FailedError, messageOf, UserError } from "./errors";
import type { BullmqOutputs, Endpoint, StackOutputs } from "./outputs";
import type { Client } from "./redisClient";
import { connect, connectCluster, isReply, targetOf } from "./redisClient";
import { LOCALHOST, listens, openTunnel } from "./tunnel";

/** How long a server may take to answer before the tunnel is tried; a host of this network answers in far less. */
const DIRECT_MS = 1000;

/** A role's server, as it is reached from here. */
export interface Reached {
  readonly role: Role;
  /** Where this process connects; the near end of a tunnel where there is one. */
  readonly endpoint: Endpoint;
  /** What BullMQ is constructed with, to connect there; only for a queue. */
  readonly bullmq?: BullmqOutputs;
  /** The command that holds the tunnel open, where there is one. */
  readonly tunnel?: string;
  /** Settles when the tunnel ends, with what it said last; never without one. */
  readonly tunnelEnded: Promise<string>;
  /** A connection of one attempt, closed with the rest. Throws when nothing answers or the login fails. */
  connect(): Promise<Redis>;
  /** As `connect`, to the whole cluster that the server belongs to. */
  connectCluster(): Promise<Client>;
  close(): Promise<void>;
}

/** A role's server as the outputs have it. Throws UserError when they hold no such role. */
export function endpointOf(outputs: StackOutputs, role: Role): Endpoint {
  const endpoint = outputs[role];
  if (endpoint) return endpoint;
  throw new UserError(
    `The outputs hold no ${role}. Add \`${role}: {}\` to the stack file and bring the stack up.`,
  );
}

/**
 * A way to a role's server: directly where it answers, else through the tunnel that the outputs name, of which `say` is
 * told. TLS is checked against the server's own name either way. Throws UserError when the outputs hold no such role,
 * FailedError when the tunnel does not open.
 */
export async function reach(
  outputs: StackOutputs,
  role: Role,
  signal: AbortSignal,
  say: (text: string) => void = () => undefined,
): Promise<Reached> {
  const given = endpointOf(outputs, role);
  const ways = outputs.ways?.[role];
  const tunnel = await tunnelTo(given, ways, signal);
  if (tunnel) say(`${role}: ${reason(given, ways)}; through a tunnel: ${tunnel.command}`);
  const near = tunnel ? applyOverrides(outputs, [{ role, host: LOCALHOST, port: tunnel.port }]) : outputs;
  const endpoint = near[role] ?? given;
  const target = targetOf(endpoint);
  const clients: Client[] = [];
  const keep = async <T extends Client>(connecting: Promise<T>): Promise<T> => {
    const client = await connecting.catch((error: unknown) => {
      throw explained(error, tunnel ? undefined : ways?.instead, signal);
    });
    clients.push(client);
    return client;
  };
  return {
    role,
    endpoint,
    ...(role === "queue" && near.bullmq && { bullmq: near.bullmq }),
    ...(tunnel && { tunnel: tunnel.command }),
    tunnelEnded: tunnel?.ended ?? new Promise(() => undefined),
    connect: () => keep(connect(target, signal)),
    connectCluster: () => keep(connectCluster(target, signal)),
    close: async () => {
      for (const client of clients) client.disconnect();
      await tunnel?.close();
    },
  };
}

/** The outputs with the addresses at which these servers are reached. */
export function withReached(outputs: StackOutputs, reached: readonly Reached[]): StackOutputs {
  const moved = reached.filter(({ tunnel }) => tunnel !== undefined);
  return applyOverrides(
    outputs,
    moved.map(({ role, endpoint: { host, port } }) => ({ role, host, port })),
  );
}

type RoleWays = NonNullable<NonNullable<StackOutputs["ways"]>[Role]>;

async function tunnelTo({ host, port }: Endpoint, ways: RoleWays | undefined, signal: AbortSignal) {
  if (ways?.tunnel === undefined) return undefined;
  if (!ways.tunnelOnly && (await listens(host, port, DIRECT_MS))) return undefined;
  return await openTunnel(ways.tunnel, host, signal);
}

function reason({ host, port }: Endpoint, ways: RoleWays | undefined): string {
  return ways?.tunnelOnly
    ? `${host}:${port} is an address of another machine`
    : `${host}:${port} does not answer from here`;
}

/** What a network says of a server that is out of reach helps nobody; what to run where does. */
function explained(error: unknown, instead: string | undefined, signal: AbortSignal): unknown {
  if (instead === undefined || isReply(error) || error === signal.reason) return error;
  return new FailedError(`${messageOf(error)}. ${instead}`);
}

import type { Redis } from "ioredis";
import type { Role } from "redis-topology/redis";
import { UserError } from "./errors";
import type { BullmqOutputs, Endpoint, StackOutputs } from "./outputs";
import type { Client } from "./redisClient";
import { connect, connectCluster, targetOf } from "./redisClient";

/** A role's server, as it is reached from here. */
export interface Reached {
  readonly role: Role;
  /** Where this process connects; the far end of a tunnel where there is one. */
  readonly endpoint: Endpoint;
  /** What BullMQ is constructed with, to connect there; only for a queue. */
  readonly bullmq?: BullmqOutputs;
  /** A connection of one attempt, closed with the rest. Throws when nothing answers or the login fails. */
  connect(): Promise<Redis>;
  /** As `connect`, to the whole cluster that the server belongs to. */
  connectCluster(): Promise<Client>;
  close(): Promise<void>;
}

/** A way to a role's server. Throws UserError when the outputs hold no such role. */
export async function reach(outputs: StackOutputs, role: Role, signal: AbortSignal): Promise<Reached> {
  const endpoint = outputs[role];
  if (!endpoint)
    throw new UserError(
      `The outputs hold no ${role}. Add \`${role}: {}\` to the stack file and bring the stack up.`,
    );
  const target = targetOf(endpoint);
  const clients: Client[] = [];
  const keep = <T extends Client>(client: T): T => {
    clients.push(client);
    return client;
  };
  return {
    role,
    endpoint,
    ...(role === "queue" && outputs.bullmq && { bullmq: outputs.bullmq }),
    connect: async () => keep(await connect(target, signal)),
    connectCluster: async () => keep(await connectCluster(target, signal)),
    close: async () => {
      for (const client of clients) client.disconnect();
    },
  };
}

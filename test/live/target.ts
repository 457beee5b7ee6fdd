import type { StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import type { TopologyArgs } from "../../components/contract";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { connectionUrl, environment } from "../../components/redis/connection";
import type { Guarantees } from "../../components/redis/guarantees";
import { Role } from "../../components/redis/roles";

/** How a client reaches one role; plain values, as the endpoint's outputs resolve to. */
export interface LiveConnection {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Node's TLS options, where the endpoint speaks TLS. */
  readonly tls?: { readonly ca?: string };
  /** BullMQ's prefix, where the server runs in cluster mode. */
  readonly prefix?: string;
}

/** Memory of a role's server as its engine accounts for it, in bytes. */
export interface LiveMemory {
  readonly limit: number;
  /** Highest use since the server was started. */
  readonly peak: number;
}

/** A running topology of any backend, as the promises see it. Every method waits until its effect is there. */
export interface LiveTarget {
  /** What this topology declares; the promises are held against it. */
  readonly guarantees: Guarantees;
  connection(role: Role): LiveConnection | Promise<LiveConnection>;
  /** SIGKILLs the Redis process and returns when the backend's own way of restarting it has been given. */
  kill(role: Role): Promise<void>;
  /** Stops the server cleanly and starts the same one again. */
  restart(role: Role): Promise<void>;
  /** Throws away whatever runs the role (container, pod, process) and makes it anew around the same storage. */
  recreate(role: Role): Promise<void>;
  /** Deploys the same topology with these args, merged over the first ones role by role. */
  redeploy(args: TopologyArgs): Promise<void>;
  /** Present where the engine accounts for memory. */
  memory?(role: Role): Promise<LiveMemory>;
  /** Removes everything, data included. */
  remove(): Promise<void>;
}

/** The outputs that a stack with this target would have, for the day-two commands. */
export async function outputsOf(target: LiveTarget): Promise<StackOutputs> {
  const endpoint = async (role: Role) => {
    const { tls, ...connection } = await target.connection(role);
    const whole = { ...connection, tls: tls !== undefined, ...(tls?.ca && { caCertificate: tls.ca }) };
    return { ...whole, url: connectionUrl(whole) };
  };
  const [cache, queue] = await Promise.all([endpoint(Role.Cache), endpoint(Role.Queue)]);
  const { producer, worker, ...defaults } = bullmqDefaults();
  const { host, port, username, password } = queue;
  const connection = {
    host,
    port,
    username,
    password,
    ...(queue.tls && { tls: { ca: queue.caCertificate } }),
  };
  const bullmq = {
    producer: { ...connection, ...producer },
    worker: { ...connection, ...worker },
    ...defaults,
  };
  const { guarantees } = target;
  const outputs = { backend: "live", cache, queue, env: environment(cache, queue), bullmq, guarantees };
  return parseOutputs(JSON.stringify(outputs), "the live target");
}

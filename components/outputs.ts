import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, RoleArgs, Topology, TopologyArgs } from "./contract";
import { DEFAULT_USERNAME } from "./redis/acl";
import type { BullmqArgs } from "./redis/bullmq";
import { bullmqDefaults, ioredisTls } from "./redis/bullmq";
import type { Connection } from "./redis/connection";
import { connectionUrl, environment } from "./redis/connection";
import type { Guarantees } from "./redis/guarantees";
import { guaranteeTable } from "./redis/guarantees";
import type { Proofs } from "./redis/proofs";
import { withProofs } from "./redis/proofs";
import type { Ways } from "./redis/ways";

/** A server as its backend knows it; plain or still to come. */
export interface Server {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  password: pulumi.Input<string>;
  /** Default `default`. */
  username?: pulumi.Input<string>;
  /** Default false. */
  tls?: pulumi.Input<boolean>;
  prefix?: pulumi.Input<string | undefined>;
  caCertificate?: pulumi.Input<string>;
  /** The containers in which alone `host` is this server. Default: anywhere. */
  inside?: pulumi.Input<string>;
}

/** What a backend knows when its resources are declared. */
export interface TopologyParts {
  readonly backend: string;
  readonly cache?: Server;
  readonly queue?: Server;
  /** The component's own. */
  readonly args: Pick<TopologyArgs, "cache" | "queue">;
  readonly guarantees: Guarantees;
  /** What shows each of them. Default nothing. */
  readonly proofs?: Proofs;
  /** Default none. */
  readonly ways?: pulumi.Input<Ways>;
  /** Texts by name that only this backend has. Default none. */
  readonly details?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The outputs of the contract, the same for every backend, with every secret marked as one. */
export function topologyOutputs(parts: TopologyParts): Topology {
  const { args } = parts;
  const overrides = args.queue?.bullmq;
  const cache = parts.cache && endpoint(parts.cache, args.cache);
  const queue = parts.queue && endpoint(withPrefix(parts.queue, overrides?.prefix), args.queue);
  return {
    backend: parts.backend,
    ...(cache && { cache }),
    ...(queue && { queue }),
    env: pulumi.secret(
      pulumi
        .all([cache && connection(cache), queue && connection(queue)])
        .apply(([forCache, forQueue]) => environment(forCache, forQueue, overrides)),
    ),
    ...(queue && { bullmq: bullmq(queue, overrides) }),
    guarantees: withProofs(parts.guarantees, parts.proofs ?? {}),
    ...(parts.ways && { ways: pulumi.output(parts.ways) }),
    ...(parts.details && { details: pulumi.output({ ...parts.details }) }),
  };
}

/** Shows the guarantees where a user decides: in the preview. */
export function announceGuarantees(guarantees: Guarantees, resource: pulumi.Resource): void {
  if (!pulumi.runtime.isDryRun()) return;
  pulumi.log.info(`What the data survives:\n${guaranteeTable(guarantees)}`, resource);
}

/** The prefix a stack chooses is the queue's everywhere: applications may take it from `env` or from `bullmq`. */
function withPrefix(queue: Server, chosen: string | undefined): Server {
  return chosen === undefined ? queue : { ...queue, prefix: chosen };
}

function endpoint(server: Server, { envPrefix }: RoleArgs = {}): Endpoint {
  const parts = {
    host: pulumi.output(server.host),
    port: pulumi.output(server.port),
    username: pulumi.output(server.username ?? DEFAULT_USERNAME),
    password: pulumi.secret(server.password),
    tls: pulumi.output(server.tls ?? false),
    ...(server.prefix !== undefined && { prefix: pulumi.output(server.prefix) }),
    ...(server.caCertificate !== undefined && { caCertificate: pulumi.output(server.caCertificate) }),
    ...(server.inside !== undefined && { inside: pulumi.output(server.inside) }),
    ...(envPrefix !== undefined && { envPrefix }),
  };
  return { ...parts, url: pulumi.secret(connection(parts).apply(connectionUrl)) };
}

function connection(parts: Omit<Endpoint, "url">): pulumi.Output<Connection> {
  const { host, port, username, password, tls, prefix, caCertificate, envPrefix } = parts;
  return pulumi.output({ host, port, username, password, tls, prefix, caCertificate, envPrefix });
}

function bullmq(queue: Endpoint, overrides: BullmqArgs | undefined): Bullmq {
  const { host, port, username, password, tls, prefix, caCertificate } = queue;
  const { producer, worker, ...defaults } = bullmqDefaults(overrides);
  const shared = {
    host,
    port,
    username,
    password,
    tls: pulumi.output({ tls, caCertificate }).apply(ioredisTls),
  };
  return {
    producer: { ...shared, ...producer },
    worker: { ...shared, ...worker },
    ...(prefix && { prefix }),
    ...defaults,
  };
}

import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint, Topology } from "../../contract";
import { announceGuarantees, topologyOutputs } from "../../outputs";
import type { Thresholds } from "../../redis/alerts";
import type { Guarantees } from "../../redis/guarantees";
import type { RolePlan } from "../../redis/plan";
import { rolePlans } from "../../redis/plan";
import type { Role } from "../../redis/roles";
import type { Ways } from "../../redis/ways";
import { refuse } from "../refuse";
import type { ProcessTopologyArgs } from "./args";
import { HOST, planProcess, traits } from "./plan";
import { PROOFS } from "./proofs";
import type { RedisServerInputs } from "./redisServer";
import { RedisServer } from "./redisServer";
import { unitName } from "./unit";
import { processWays } from "./ways";

/** The topology as redis-server (or valkey-server) processes of this host; no Docker, no cloud. */
export class ProcessTopology extends pulumi.ComponentResource implements Topology {
  readonly backend: string;
  readonly cache?: Endpoint;
  readonly queue?: Endpoint;
  readonly env: pulumi.Output<Record<string, string>>;
  readonly bullmq?: Bullmq;
  readonly guarantees: Guarantees;
  readonly details?: pulumi.Output<Record<string, string>>;
  readonly alerts?: Thresholds;
  readonly ways?: pulumi.Output<Ways>;

  constructor(name: string, args: ProcessTopologyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("redis-topology:index:ProcessTopology", name, {}, opts);
    const plan = planProcess(args);
    refuse(name, plan.problems, this);
    const directory = path.resolve(args.directory ?? defaultDirectory(name));
    const server = (role: RolePlan | undefined) => role && createServer(this, name, directory, role, args);

    const places = rolePlans(plan).map(({ role }) => placeOf(name, directory, role));
    const outputs = topologyOutputs({
      backend: traits.name,
      cache: server(plan.cache),
      queue: server(plan.queue),
      args,
      guarantees: plan.guarantees,
      proofs: PROOFS,
      ...(args.supervise !== undefined && { details: units(places) }),
      ways: processWays(places.map((place) => ({ ...place, supervise: args.supervise }))),
    });
    announceGuarantees(plan.guarantees, this);

    this.backend = outputs.backend;
    this.cache = outputs.cache;
    this.queue = outputs.queue;
    this.env = outputs.env;
    this.bullmq = outputs.bullmq;
    this.guarantees = outputs.guarantees;
    this.details = outputs.details;
    this.alerts = outputs.alerts;
    this.ways = outputs.ways;
    this.registerOutputs({ ...outputs });
  }
}

/** The program's own topology is called `redis` and lies directly under its stack. */
function defaultDirectory(name: string): string {
  return path.join(".redis-topology", pulumi.getStack(), ...(name === "redis" ? [] : [name]));
}

type Place = Pick<RedisServerInputs, "role" | "owner" | "directory">;

function placeOf(name: string, directory: string, role: Role): Place {
  return {
    role,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
    directory: path.join(directory, role),
  };
}

/** The unit of each server, for `systemctl status` and `journalctl -u`. */
function units(places: readonly Place[]): Record<string, string> {
  return Object.fromEntries(places.map((one) => [`${one.role}Unit`, unitName(one)]));
}

function createServer(
  parent: ProcessTopology,
  name: string,
  directory: string,
  plan: RolePlan,
  args: ProcessTopologyArgs,
): RedisServer {
  const { role, port, directives, persists, engine, version, memoryLimit } = plan;
  const given = args[role];
  return new RedisServer(
    `${name}-${role}`,
    {
      ...placeOf(name, directory, role),
      host: HOST,
      port,
      directives,
      persists,
      deleteData: args.deleteData ?? false,
      ...(args.supervise !== undefined && { supervise: args.supervise, memoryLimit }),
      ...(engine !== undefined && { engine }),
      ...(version !== undefined && { version }),
      ...(given?.password !== undefined && { password: pulumi.secret(given.password) }),
      ...(given?.previousPassword !== undefined && {
        previousPassword: pulumi.secret(given.previousPassword),
      }),
    },
    { parent, protect: persists && (args.protect ?? true) },
  );
}

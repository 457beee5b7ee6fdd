import * as pulumi from "@pulumi/pulumi";
import { BackoffType, EvictionPolicy } from "redis-topology";
import { ProcessTopology } from "redis-topology/process";

/** What a team may choose; everything else is the company's standard. */
export interface TeamRedisArgs {
  cachePort: number;
  queuePort: number;
}

/** A company's standard around the topology: one component of its own, with the outputs that applications need. */
export class TeamRedis extends pulumi.ComponentResource {
  /** Environment of the team's applications. Secret. */
  readonly env: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: TeamRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acme:index:TeamRedis", name, {}, opts);
    const redis = new ProcessTopology(
      name,
      {
        cache: { port: args.cachePort, maxMemory: "32mb", evictionPolicy: EvictionPolicy.AllkeysLfu },
        queue: { port: args.queuePort, maxMemory: "32mb", bullmq: { backoffType: BackoffType.Fixed } },
        protect: false,
        deleteData: true,
      },
      { parent: this, transforms: [syncEveryWrite] },
    );
    this.env = redis.env;
    this.registerOutputs({ env: this.env });
  }
}

/**
 * The way to what the args do not offer: Pulumi hands every child to a transform before it is registered, with its
 * inputs and options. This one has the queue's disk confirm every write, at the price of speed.
 */
const syncEveryWrite: pulumi.ResourceTransform = ({ props, opts }) => {
  if (props.role !== "queue") return undefined;
  const directives = (props.directives as string[][]).map(([name, ...values]) =>
    name === "appendfsync" ? [name, "always"] : [name, ...values],
  );
  return { props: { ...props, directives }, opts: { ...opts, customTimeouts: { create: "2m" } } };
};

import * as pulumi from "@pulumi/pulumi";
import type { Topology } from "redis-topology";
import { EvictionPolicy } from "redis-topology";
import type { ProcessTopologyArgs } from "redis-topology/process";
import { ProcessTopology } from "redis-topology/process";

const config = new pulumi.Config();
const args: ProcessTopologyArgs = {
  cache: { port: config.requireNumber("cachePort"), evictionPolicy: EvictionPolicy.AllkeysLfu },
  queue: { port: config.requireNumber("queuePort"), bullmq: { attempts: 5 } },
  protect: false,
  deleteData: true,
};
const redis: Topology = new ProcessTopology("redis", args);

export const { cache, queue, bullmq, guarantees } = redis;

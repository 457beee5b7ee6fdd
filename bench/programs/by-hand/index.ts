import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** The resources and outputs of the `local` stack, written by hand in one file: no settings, no checks, no library. */
class RedisServer extends pulumi.CustomResource {
  declare readonly password: pulumi.Output<string>;

  constructor(name: string, inputs: pulumi.Inputs, parent: pulumi.Resource) {
    super(
      "pulumi-nodejs:dynamic/redis-topology:RedisServer",
      name,
      {
        password: undefined,
        server: undefined,
        ...inputs,
        __provider: "exports.handler = () => require('redis-topology/process-provider').provider;",
      },
      { parent, additionalSecretOutputs: ["password"] },
    );
  }
}

class Redis extends pulumi.ComponentResource {
  readonly env: pulumi.Output<object>;
  readonly bullmq: pulumi.Inputs;

  constructor(name: string) {
    super("bench:index:Redis", name);
    const folder = path.resolve(".redis-topology", pulumi.getStack());
    const cache = new RedisServer(
      `${name}-cache`,
      {
        role: "cache",
        directory: path.join(folder, "cache"),
        host: "127.0.0.1",
        port: 6379,
        directives: [
          ["maxmemory", "268435456"],
          ["maxmemory-policy", "allkeys-lru"],
          ["appendonly", "no"],
          ["save", ""],
        ],
        persists: false,
        deleteData: false,
      },
      this,
    );
    const queue = new RedisServer(
      `${name}-queue`,
      {
        role: "queue",
        directory: path.join(folder, "queue"),
        host: "127.0.0.1",
        port: 6380,
        directives: [
          ["maxmemory", "268435456"],
          ["maxmemory-policy", "noeviction"],
          ["appendonly", "yes"],
          ["appendfsync", "everysec"],
          ["save", "900", "1"],
          ["save", "300", "10"],
          ["save", "60", "10000"],
        ],
        persists: true,
        deleteData: false,
      },
      this,
    );
    this.env = pulumi.secret(
      pulumi.all([cache.password, queue.password]).apply(([forCache, forQueue]) => ({
        REDIS_HOST: "127.0.0.1",
        REDIS_PORT: "6379",
        REDIS_PASSWORD: forCache,
        REDIS_URL: `redis://default:${forCache}@127.0.0.1:6379`,
        REDIS_TLS: "false",
        REDIS_QUEUE_HOST: "127.0.0.1",
        REDIS_QUEUE_PORT: "6380",
        REDIS_QUEUE_PASSWORD: forQueue,
        REDIS_QUEUE_URL: `redis://default:${forQueue}@127.0.0.1:6380`,
        REDIS_QUEUE_TLS: "false",
      })),
    );
    const connection = { host: "127.0.0.1", port: 6380, username: "default", password: queue.password };
    this.bullmq = {
      producer: { ...connection, enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5000 },
      worker: { ...connection, enableOfflineQueue: true, maxRetriesPerRequest: null },
    };
    this.registerOutputs({ env: this.env, bullmq: this.bullmq });
  }
}

export const { env, bullmq } = new Redis("redis");

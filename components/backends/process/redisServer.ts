import * as pulumi from "@pulumi/pulumi";
import type { Directive } from "../../redis/roles";
import type { Supervision } from "./supervision";

/** What one server is made of; the provider's inputs. */
export interface RedisServerInputs {
  role: string;
  /** `<project>/<stack>/<topology>`: whose server and data this is. */
  owner: string;
  /** Absolute folder of this server: redis.conf, users.acl, redis.log, redis.pid, and `data/`. */
  directory: string;
  host: string;
  port: number;
  directives: readonly Directive[];
  /** Whether the data outlives the server. */
  persists: boolean;
  /** Whether deleting the server deletes its data. */
  deleteData: boolean;
  engine?: string;
  version?: string;
  password?: string;
  previousPassword?: string;
  /** Section of the stack file, for messages; changes nothing. */
  section?: string;
  /** Which systemd starts the server again. Absent = none. */
  supervise?: Supervision;
  /** Bytes that systemd lets the server have. Only where it is supervised. */
  memoryLimit?: number;
}

/** What the provider knows of a running server; kept in the state. */
export interface RedisServerState extends RedisServerInputs {
  password: string;
  /** Whether the stack gave the password; one that it takes back is replaced by a made one. */
  ownPassword: boolean;
  /** `redis 7.0.15`, as the server itself says. */
  server: string;
  /** Which resource this is, also in the server's folder: after a replacement the old one no longer owns the server. */
  instance?: string;
  /** What the server said of its directives when it was last brought to them. */
  settings?: Readonly<Record<string, string>>;
}

type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

/**
 * One redis-server of this host, run by a dynamic provider (see docs/adr/0003-process-provider.md for why it is
 * declared by hand and not through pulumi.dynamic.Resource).
 */
export class RedisServer extends pulumi.CustomResource {
  declare readonly host: pulumi.Output<string>;
  declare readonly port: pulumi.Output<number>;
  /** Secret. */
  declare readonly password: pulumi.Output<string>;
  /** Engine and version that answered. */
  declare readonly server: pulumi.Output<string>;

  constructor(name: string, inputs: Inputs<RedisServerInputs>, opts: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs:dynamic/redis-topology:RedisServer",
      name,
      {
        password: undefined,
        server: undefined,
        ...inputs,
        __provider: "exports.handler = () => require('redis-topology/process-provider').provider;",
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["password", "previousPassword"] }),
    );
  }
}

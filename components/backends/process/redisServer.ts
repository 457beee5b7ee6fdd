import type * as pulumi from "@pulumi/pulumi";
import type { Directive } from "../../redis/roles";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
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
  /** Its exporter, run by the same systemd: a port of `host`, and the keys of BullMQ that it counts. */
  exporter?: { readonly port: number; readonly keys: string };
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

/** One redis-server of this host. */
export class RedisServer extends DynamicResource<RedisServerInputs> {
  declare readonly host: pulumi.Output<string>;
  declare readonly port: pulumi.Output<number>;
  /** Secret. */
  declare readonly password: pulumi.Output<string>;
  /** Engine and version that answered. */
  declare readonly server: pulumi.Output<string>;

  constructor(name: string, inputs: Inputs<RedisServerInputs>, opts: pulumi.CustomResourceOptions) {
    const computed = ["password", "server"];
    const secrets = ["password", "previousPassword"];
    super({ type: "RedisServer", room: "process", computed, secrets }, name, inputs, opts);
  }
}

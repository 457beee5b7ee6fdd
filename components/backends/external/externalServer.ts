import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { Address } from "./address";

/** What a server said of itself. */
export interface Observation {
  /** `redis 7.4.1` or `valkey 8.1.0`. */
  server: string;
  clusterMode: boolean;
  /** `noeviction`, `allkeys-lru`, …; empty where the service hides it. */
  policy: string;
  /** `aof`, `rdb`, `none`; empty where the service hides it. */
  persistence: string;
  /** What it is instead of a primary; absent for a primary. */
  standing?: Standing;
}

/** A server that is no primary. */
export type Standing = "read-only replica" | "writable replica" | "sentinel";

/** The provider's inputs. */
export interface ExternalServerInputs extends Address {
  role: string;
  caCertificate?: string;
  /** Whether this run is a preview, which tells what it finds and never fails for it; never kept. */
  preview?: boolean;
  /** Section of the stack file, for messages; never kept. */
  section?: string;
}

/** What is kept in the state. */
export interface ExternalServerState extends ExternalServerInputs {
  /** Absent until the first `pulumi up`. */
  observed?: Observation;
}

/**
 * A server that somebody else runs, as it was found at the last `pulumi up`: a dynamic resource that creates
 * nothing and connects, once a run, to see whether the role can live there (docs/adr/0030-external-check.md).
 */
export class ExternalServer extends DynamicResource<ExternalServerInputs> {
  declare readonly observed: pulumi.Output<Observation>;

  constructor(name: string, inputs: Inputs<ExternalServerInputs>, opts: pulumi.CustomResourceOptions) {
    const handled = {
      type: "ExternalServer",
      room: "external",
      computed: ["observed"],
      secrets: ["password"],
    };
    super(handled, name, inputs, opts);
  }
}

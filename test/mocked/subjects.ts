import type * as pulumi from "@pulumi/pulumi";
import type { BackendName } from "../../components/backends/registry";
import type { TopologyArgs } from "../../components/topology";

/** What the conformance suite must know of a backend to run against it; what differs is stated, not branched on. */
export interface Subject {
  /** The backend's own args, without which nothing can be created (a VPC, a URL). Merged over the suite's roles. */
  readonly required?: Record<string, unknown>;
  /** The smallest args of each role that this backend takes. Default `{}`; `external` needs a URL, say. */
  readonly roles?: Required<Pick<TopologyArgs, "cache" | "queue">>;
  /** Args in which both roles have this password, where it is given otherwise than as `password`. */
  readonly withPassword?: (password: string) => TopologyArgs;
  /** What the provider computes, over the inputs. */
  readonly state: (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;
  readonly call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
  /** `type name` of everything that holds queue data and so is protected, for a topology called `t`. */
  readonly protectedResources: readonly string[];
  /** Outputs that the contract leaves to the backend and that this one has. Default none. */
  readonly outputs?: readonly string[];
}

/** One subject per entry of the registry; forgetting one does not compile. */
export const subjects: Readonly<Record<BackendName, Subject>> = {
  process: {
    state: ({ inputs }) => ({ password: inputs.password ?? "made-by-the-provider", server: "redis 7.0.15" }),
    protectedResources: ["pulumi-nodejs:dynamic/redis-topology:RedisServer t-queue"],
  },
  docker: {
    state: ({ type, name }) => ({
      ...(type === "docker:index/remoteImage:RemoteImage" && { imageId: "sha256:image", repoDigest: "" }),
      ...(type === "random:index/randomPassword:RandomPassword" && { result: `made-for-${name}` }),
    }),
    protectedResources: ["docker:index/volume:Volume t-queue-data"],
    outputs: ["network"],
  },
};

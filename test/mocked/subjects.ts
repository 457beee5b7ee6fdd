import { createHash } from "node:crypto";
import { resolve } from "node:path";
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
  /** Environment in which the stack files of this backend are read. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
  /** `type name` of everything that holds queue data and so is protected, for a topology called `t`. */
  readonly protectedResources: readonly string[];
  /** Outputs that the contract leaves to the backend and that this one has. Default none. */
  readonly outputs?: readonly string[];
}

const KUBECONFIG = resolve(__dirname, "fixtures/kubeconfig.yaml");

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
  kubernetes: {
    required: { context: "stage", kubeconfig: KUBECONFIG },
    environment: { KUBECONFIG },
    state: kubernetesState,
    protectedResources: [
      "kubernetes:core/v1:Namespace t-namespace",
      "kubernetes:core/v1:PersistentVolumeClaim t-queue-data",
    ],
    outputs: ["details"],
  },
};

/** As the random provider does: a password is made once, an id changes exactly with its keepers. */
export function kubernetesState({
  type,
  name,
  inputs,
}: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: `${name}-made` };
  if (type !== "random:index/randomId:RandomId") return {};
  const hash = createHash("sha256").update(JSON.stringify(inputs.keepers)).digest("hex");
  return { hex: hash.slice(0, 2 * inputs.byteLength) };
}

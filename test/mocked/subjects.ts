import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { BackendName } from "../../components/backends/registry";
import type { TopologyArgs } from "../../components/contract";
import { dockerRefusals } from "./refusals/docker";
import { elasticacheRefusals } from "./refusals/elasticache";
import { externalRefusals } from "./refusals/external";
import { kubernetesRefusals } from "./refusals/kubernetes";
import { lightsailRefusals } from "./refusals/lightsail";
import { processRefusals } from "./refusals/process";

/** Args, over what the backend requires, and the lines with which they are refused; names.test.ts says how they are written. */
export type Refusal = readonly [args: Readonly<Record<string, unknown>>, ...lines: string[]];

/** What the conformance suite must know of a backend to run against it; what differs is stated, not branched on. */
export interface Subject {
  /** The backend's own args, without which nothing can be created (a VPC, a URL), for these roles. */
  readonly required?: (args: TopologyArgs) => Record<string, unknown>;
  /** The smallest args of each role that this backend takes. Default `{}`; `external` needs a URL, say. */
  readonly roles?: Required<Pick<TopologyArgs, "cache" | "queue">>;
  /** A password that this backend takes. Default: one with spaces and odd characters. */
  readonly password?: string;
  /** Args in which both roles have this password, where it is given otherwise than as `password`. */
  readonly withPassword?: (password: string) => TopologyArgs;
  /** What the provider computes, over the inputs. */
  readonly state: (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;
  /** Environment in which the stack files of this backend are read. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
  /** `type name` of everything that holds queue data and so is protected, for a topology called `t`. */
  readonly protectedResources: readonly string[];
  /** Every way in which args are refused. */
  readonly refusals: readonly Refusal[];
  /** `type name` of what speaks to the user in later runs too, for a topology called `t`. Default none. */
  readonly speakers?: readonly string[];
  /** Outputs that the contract leaves to the backend and that this one has. Default none. */
  readonly outputs?: readonly string[];
}

const KUBECONFIG = resolve(__dirname, "fixtures/kubeconfig.yaml");

/** One subject per entry of the registry; forgetting one does not compile. */
export const subjects: Readonly<Record<BackendName, Subject>> = {
  process: {
    refusals: processRefusals,
    speakers: [
      "pulumi-nodejs:dynamic/redis-topology:RedisServer t-cache",
      "pulumi-nodejs:dynamic/redis-topology:RedisServer t-queue",
    ],
    state: ({ inputs }) => ({ password: inputs.password ?? "made-by-the-provider", server: "redis 7.0.15" }),
    protectedResources: ["pulumi-nodejs:dynamic/redis-topology:RedisServer t-queue"],
  },
  docker: {
    refusals: dockerRefusals,
    speakers: [
      "pulumi-nodejs:dynamic/redis-topology:DockerServerGuard t-cache-guard",
      "pulumi-nodejs:dynamic/redis-topology:DockerVolumeGuard t-cache-volumes",
      "pulumi-nodejs:dynamic/redis-topology:DockerNetworkGuard t-network-guard",
      "pulumi-nodejs:dynamic/redis-topology:DockerServerGuard t-queue-guard",
      "pulumi-nodejs:dynamic/redis-topology:DockerVolumeGuard t-queue-volumes",
    ],
    state: ({ type, name }) => ({
      ...(type === "docker:index/remoteImage:RemoteImage" && { imageId: "sha256:image", repoDigest: "" }),
      ...(type === "random:index/randomPassword:RandomPassword" && { result: `made-for-${name}` }),
    }),
    protectedResources: ["docker:index/volume:Volume t-queue-data"],
    outputs: ["network"],
  },
  kubernetes: {
    refusals: kubernetesRefusals,
    speakers: [
      "pulumi-nodejs:dynamic/redis-topology:Rehearsal t-cache-rehearsal",
      "pulumi-nodejs:dynamic/redis-topology:ClusterGuard t-guard",
      "pulumi-nodejs:dynamic/redis-topology:Rehearsal t-queue-rehearsal",
    ],
    required: () => ({ context: "stage", kubeconfig: KUBECONFIG }),
    environment: { KUBECONFIG },
    state: kubernetesState,
    protectedResources: [
      "kubernetes:core/v1:Namespace t-namespace",
      "kubernetes:core/v1:PersistentVolumeClaim t-queue-data",
    ],
  },
  elasticache: {
    refusals: elasticacheRefusals,
    speakers: [
      "pulumi-nodejs:dynamic/redis-topology:ReplacementGuard t-cache-guard",
      "pulumi-nodejs:dynamic/redis-topology:ReplacementGuard t-queue-guard",
    ],
    required: () => ({
      vpcId: "vpc-1",
      subnetIds: ["subnet-a", "subnet-b"],
      allowedSecurityGroups: ["sg-app"],
    }),
    password: "0123456789!&#$^<>-abcdef",
    state: ({ type, name, inputs }) => ({
      ...(type === "random:index/randomPassword:RandomPassword" && { result: "Generated0123456789" }),
      ...(type === "random:index/randomId:RandomId" && { hex: "0a1b2c3d" }),
      ...(type.startsWith("aws:") && { arn: `arn:aws:${name}` }),
      ...(type === "aws:elasticache/replicationGroup:ReplicationGroup" && {
        primaryEndpointAddress: `${name}.cache.example`,
        configurationEndpointAddress: `clustercfg.${name}.cache.example`,
        engineVersionActual: `${inputs.engineVersion}.1`,
        memberClusters: memberClusters(inputs),
      }),
    }),
    protectedResources: [
      "aws:elasticache/replicationGroup:ReplicationGroup t-queue-group",
      "aws:secretsmanager/secret:Secret t-queue-connection",
    ],
  },
  external: {
    refusals: externalRefusals,
    speakers: [
      "pulumi-nodejs:dynamic/redis-topology:ExternalServer t-cache",
      "pulumi-nodejs:dynamic/redis-topology:ExternalServer t-queue",
    ],
    required: ({ cache, queue }) => externalServers(cache !== undefined, queue !== undefined, "given"),
    withPassword: (password) => ({ cache: {}, queue: {}, ...externalServers(true, true, password) }),
    state: () => ({
      observed: { server: "redis 7.4.1", clusterMode: false, policy: "noeviction", persistence: "aof" },
    }),
    protectedResources: [],
  },
  lightsail: {
    refusals: lightsailRefusals,
    roles: { cache: {}, queue: { acceptDataLoss: true } },
    withPassword: (password) =>
      ({
        cache: { password },
        queue: { password, acceptDataLoss: true },
        // Redis itself only gets a hash of it.
        app: [{ name: "app", image: "app:1" }],
      }) as TopologyArgs,
    state: ({ type, id }) => {
      if (type === "random:index/randomPassword:RandomPassword") return { result: "Generated0123456789" };
      // One that exists, as it is read.
      return type === "aws:lightsail/containerService:ContainerService" && id
        ? { name: id, power: "small", scale: 1, isDisabled: false }
        : {};
    },
    protectedResources: ["aws:lightsail/containerService:ContainerService t-service"],
  },
};

/** The args that belong to a subject: what it requires for these, and these. */
export function completed(subject: Subject, args: TopologyArgs): TopologyArgs {
  return { ...subject.required?.(args), ...args };
}

function externalServers(cache: boolean, queue: boolean, password: string): Record<string, unknown> {
  const server = (host: string) => ({ host, port: 6390, username: "app", password });
  return {
    ...(cache && { cacheServer: server("cache.example") }),
    ...(queue && { queueServer: server("queue.example") }),
  };
}

/** A group's nodes after a failover and the removal of its first one, in no order. */
function memberClusters(inputs: Record<string, unknown>): string[] {
  const { replicationGroupId, numCacheClusters, replicasPerNodeGroup } = inputs;
  const shard = numCacheClusters === undefined ? "-0001" : "";
  const nodes = Number(numCacheClusters ?? Number(replicasPerNodeGroup) + 1);
  return Array.from({ length: nodes }, (_, node) => `${replicationGroupId}${shard}-00${node + 2}`).reverse();
}

/** As the random provider does: a password is made once, an id changes exactly with its keepers. */
export function kubernetesState({
  type,
  name,
  inputs,
}: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: `${name}-made` };
  if (type === "pulumi-nodejs:dynamic/redis-topology:ClusterGuard") {
    const current = inputs.target.useCurrentContext ? { context: "other" } : {};
    return { cluster: "uid-of-kube-system", ...current };
  }
  if (type !== "random:index/randomId:RandomId") return {};
  const hash = createHash("sha256")
    .update(JSON.stringify(inputs.keepers ?? name))
    .digest("hex");
  return { hex: hash.slice(0, 2 * inputs.byteLength) };
}

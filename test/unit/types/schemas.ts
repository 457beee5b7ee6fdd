/**
 * What the compiler holds, in the step "Types" of `npm test`: the schema of a stack file against the interfaces of
 * args, key by key, and which of them may be left out.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { DockerTopologyArgs } from "../../../components/backends/docker/args";
import type { dockerBackend } from "../../../components/backends/docker/schema";
import type { ElasticacheTopologyArgs } from "../../../components/backends/elasticache/args";
import type { elasticacheBackend } from "../../../components/backends/elasticache/schema";
import type { ExternalTopologyArgs } from "../../../components/backends/external/args";
import type { externalBackend } from "../../../components/backends/external/schema";
import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import type { kubernetesBackend } from "../../../components/backends/kubernetes/schema";
import type { LightsailTopologyArgs } from "../../../components/backends/lightsail/args";
import type { lightsailBackend } from "../../../components/backends/lightsail/schema";
import type { ProcessTopologyArgs } from "../../../components/backends/process/args";
import type { processBackend } from "../../../components/backends/process/schema";
import type { BackendArgs, BackendName } from "../../../components/backends/registry";
import type { CacheArgs, QueueArgs, TopologyArgs } from "../../../components/contract";
import type { StackConfig } from "../../../config/schema";
import type { Difference } from "./difference";
import { same } from "./difference";

/** A room's own args, as plain data. */
type Own<Args extends TopologyArgs> = pulumi.Unwrap<Omit<Args, keyof TopologyArgs>>;
type Section<Backend extends { settings: z.ZodType }> = z.output<Backend["settings"]>;
type Optionally<T, Keys extends keyof T> = Omit<T, Keys> & Partial<Pick<T, Keys>>;

same<Difference<Section<typeof processBackend>, Own<ProcessTopologyArgs>>>();
same<Difference<Section<typeof dockerBackend>, Own<DockerTopologyArgs>>>();
same<Difference<Section<typeof kubernetesBackend>, Own<KubernetesTopologyArgs>>>();
same<Difference<Section<typeof externalBackend>, Own<ExternalTopologyArgs>>>();
same<Difference<Section<typeof lightsailBackend>, Own<LightsailTopologyArgs>>>();
// A stack file may lack what is required, for the plan to say so together with all else that is wrong.
same<
  Difference<
    Section<typeof elasticacheBackend>,
    Optionally<Own<ElasticacheTopologyArgs>, "vpcId" | "subnetIds">
  >
>();

// Every backend is among them.
same<Difference<Record<BackendName, true>, { [Name in keyof BackendArgs]: true }>>();
same<Exclude<BackendName, "process" | "docker" | "kubernetes" | "external" | "lightsail" | "elasticache">>();

// The roles; a stack file can switch one off, and gets a reason for what a role has nothing to do with.
type Cache = NonNullable<StackConfig["cache"]>;
type Queue = NonNullable<StackConfig["queue"]>;
same<Difference<Omit<Cache, "enabled" | "persistence">, pulumi.Unwrap<CacheArgs>>>();
same<Difference<Omit<Queue, "enabled" | "evictionPolicy">, pulumi.Unwrap<QueueArgs>>>();
same<Difference<Pick<StackConfig, "protect" | "alerts">, Omit<TopologyArgs, "cache" | "queue">>>();

// Both directions, and deep inside.
// @ts-expect-error
same<Difference<Section<typeof dockerBackend>, Own<DockerTopologyArgs & { network?: string }>>>();
// @ts-expect-error
same<Difference<Section<typeof dockerBackend> & { network?: string }, Own<DockerTopologyArgs>>>();
// @ts-expect-error
same<Difference<Section<typeof dockerBackend>, Own<DockerTopologyArgs & { bind: string }>>>();
type Sized = LightsailTopologyArgs & { app?: { cpu?: number }[] };
// @ts-expect-error
same<Difference<Section<typeof lightsailBackend>, Own<Sized>>>();

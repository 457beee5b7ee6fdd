import type * as pulumi from "@pulumi/pulumi";
import { formatSize } from "../../redis/size";
import type { KubernetesTopologyArgs, LonghornArgs, RecurringJobArgs } from "./args";
import { DataLocality, FileSystem } from "./args";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * What lies on a queue's volume at its worst, in multiples of maxmemory: the AOF (its base, and as much again
 * appended before `auto-aof-rewrite-percentage 100` rewrites it), the last RDB snapshot, and the new file of the
 * rewrite or snapshot under way; Redis runs one of these at a time.
 */
const FILES = 4;
/** `auto-aof-rewrite-min-size 64mb` lets small AOFs grow, and repairs keep what they cut off. */
const VOLUME_FIXED = 256 * MIB;

/** The least volume, in bytes, for a queue with this `maxmemory`. */
export function volumeFloor(maxMemory: number): number {
  return FILES * maxMemory + VOLUME_FIXED;
}

/** The arithmetic of `volumeFloor`, for messages. */
export function volumeArithmetic(maxMemory: number): string {
  return `${FILES} × ${formatSize(maxMemory)} + ${formatSize(VOLUME_FIXED)} = ${formatSize(volumeFloor(maxMemory))}`;
}

/** The size of a volume that nobody gave a size: the floor, rounded up to whole GiB. */
export function defaultVolume(maxMemory: number): number {
  return Math.ceil(volumeFloor(maxMemory) / GIB) * GIB;
}

/** Provisioner of Longhorn's CSI driver (longhorn.io, "Storage class parameters"). */
const LONGHORN_PROVISIONER = "driver.longhorn.io";
/** Where Longhorn and its own objects live. */
export const LONGHORN_NAMESPACE = "longhorn-system";
export const LONGHORN_API = "longhorn.io/v1beta2";
/** Longhorn 1.12: replicas of a volume, length of a job's name, snapshots of a volume. */
export const MAX_REPLICAS = 20;
export const MAX_JOB_NAME = 40;
export const MAX_RETAIN = 250;
export const DEFAULT_REPLICAS = 3;

/** The class the claim names; undefined = the cluster's default. */
export function storageClassName(args: KubernetesTopologyArgs): string | undefined {
  const { longhorn } = args.storage ?? {};
  return longhorn ? longhornName(longhorn) : args.queue?.persistence?.storageClass;
}

export function longhornName(longhorn: LonghornArgs): string {
  return longhorn.name ?? "longhorn-replicated";
}

/** What every object of the stack carries. */
export interface OwnMetadata {
  readonly labels: Record<string, string>;
  readonly annotations?: pulumi.Input<Record<string, string> | undefined>;
}

/** A StorageClass of Longhorn: volumes can grow, and outlive a deleted claim. Its parameters are all strings. */
export function longhornClass(longhorn: LonghornArgs, own: OwnMetadata) {
  return {
    metadata: { ...own, name: longhornName(longhorn) },
    provisioner: LONGHORN_PROVISIONER,
    allowVolumeExpansion: true,
    reclaimPolicy: "Retain",
    volumeBindingMode: "Immediate",
    parameters: {
      numberOfReplicas: String(longhorn.replicas ?? DEFAULT_REPLICAS),
      staleReplicaTimeout: String(longhorn.staleReplicaTimeout ?? 30),
      dataLocality: longhorn.dataLocality ?? DataLocality.BestEffort,
      fsType: longhorn.fsType ?? FileSystem.Ext4,
    },
  };
}

/** Copies of the volume where the stack's class decides them; 0 where it does not. */
export function copiesWanted(args: KubernetesTopologyArgs): number {
  const { longhorn } = args.storage ?? {};
  return longhorn ? (longhorn.replicas ?? DEFAULT_REPLICAS) : 0;
}

/** Whether the volume has copies on other nodes, as far as this stack decides or says. */
export function isReplicated(args: KubernetesTopologyArgs): boolean {
  const { longhorn, replicated } = args.storage ?? {};
  return longhorn ? (longhorn.replicas ?? DEFAULT_REPLICAS) > 1 : (replicated ?? false);
}

/** A RecurringJob that acts on the volumes whose claim carries its label. */
export function recurringJob(job: RecurringJobArgs, own: OwnMetadata) {
  return {
    apiVersion: LONGHORN_API,
    kind: "RecurringJob",
    metadata: { name: job.name, namespace: LONGHORN_NAMESPACE, ...own },
    spec: {
      name: job.name,
      task: job.task,
      cron: job.cron,
      retain: job.retain,
      concurrency: 1,
      groups: [] as string[],
    },
  };
}

/** Labels by which Longhorn takes a claim's volume into these jobs, and takes the claim as the source of truth. */
export function recurringLabels(jobs: readonly RecurringJobArgs[]): Record<string, string> {
  if (jobs.length === 0) return {};
  return {
    "recurring-job.longhorn.io/source": "enabled",
    ...Object.fromEntries(jobs.map(({ name }) => [`recurring-job.longhorn.io/${name}`, "enabled"])),
  };
}

import type * as pulumi from "@pulumi/pulumi";
import type { TopologyArgs } from "../../contract";
import type { Durability } from "./enums";

export { Durability } from "./enums";

/** A topology of ElastiCache replication groups, one a role, in a VPC that exists. */
export interface ElasticacheTopologyArgs extends TopologyArgs {
  /** The VPC. Changing it would replace the firewalls, not the groups, which cannot follow; it is refused. */
  vpcId: pulumi.Input<string>;
  /** Subnets of the VPC; for Multi-AZ in at least two zones. Added in place; one in use cannot be removed. */
  subnetIds: pulumi.Input<string>[];
  /** Security groups of the clients. These or `allowedCidrs` are required. In place. */
  allowedSecurityGroups?: pulumi.Input<string>[];
  /** IPv4 or IPv6 networks of the clients, such as `10.0.0.0/16`. In place. */
  allowedCidrs?: string[];
  /** Says for the second time that a network of size /0 in `allowedCidrs` is meant. Default false. */
  allowAnyAddress?: boolean;
  /** The cache's group. */
  cacheGroup?: GroupArgs;
  /** The queue's group. */
  queueGroup?: GroupArgs;
  /** KMS key (ARN) for data at rest and the connection's secret. Default: AWS's own. Changing it would replace the groups. */
  kmsKeyId?: pulumi.Input<string>;
  /** Weekly, UTC, at least 60 minutes: `sun:04:00-sun:05:00` (default). In place. */
  maintenanceWindow?: string;
  /** Whether changes happen during `pulumi up` and not in the next maintenance window. Default true. */
  applyImmediately?: boolean;
  /** Whether AWS raises the minor version by itself; of `version` then only the major one counts. Default false. */
  minorUpgrades?: boolean;
  /** Days that slow and engine logs are kept in CloudWatch; 0 = no logs. Default 30. */
  logRetentionDays?: number;
  /** SNS topics (ARNs) that hear the alarms, at most 5. Default none, and then no alarms. In place. */
  alarmTopics?: pulumi.Input<string>[];
  /**
   * SNS topic (ARN) that hears what AWS does to the groups: failovers, replaced nodes, failed snapshots. Of the same
   * account and Region, not encrypted (ElastiCache User Guide, "Event notifications and Amazon SNS"). Default the first
   * of `alarmTopics`. In place.
   */
  eventTopic?: pulumi.Input<string>;
  /** Memory alarm, in percent of the node's usable memory, 1 to 100. Default 80. In place. */
  alarmMemoryPercent?: number;
  /** Connections alarm, 1 to 65000. Default 100. In place. */
  alarmConnections?: number;
  /**
   * Id of an EC2 instance in the VPC that Session Manager reaches: the CLI's way to the groups from outside, which needs
   * the AWS CLI and its Session Manager plugin. `allowedSecurityGroups` or `allowedCidrs` must let it in. Default none.
   * Changes only outputs.
   */
  bastion?: string;
  /** Tags on everything, over the ones that name project, stack and topology. In place. */
  tags?: Record<string, string>;
}

/** One replication group. */
export interface GroupArgs {
  /** Such as `cache.r7g.large`; one newer than this program passes with a warning. Default: the smallest that holds `maxMemory`. Changing it fails over, data kept. */
  nodeType?: string;
  /** Primary and replicas, 1 to 6. Default 2 for a queue, 1 for a cache. In place. */
  nodes?: number;
  /** Whether the nodes are spread over zones. Default true from two nodes on. In place. */
  multiAz?: boolean;
  /** Percent of a node's memory kept from the data, 0 to 90. Default 25; 50 for a queue on a burstable node. In place. */
  reservedMemoryPercent?: number;
  /** Daily snapshots kept, in days, 0 to 35. Default 7 for a queue, 0 for a cache. In place. */
  snapshotDays?: number;
  /** Daily, UTC, at least 60 minutes, apart from the maintenance window. Default `02:00-03:00`; read with `snapshotDays` only. In place. */
  snapshotWindow?: string;
  /** Whether deleting the group leaves a final snapshot. Default true for a queue, false for a cache. */
  finalSnapshot?: boolean;
  /** Snapshot to fill a new group from. Read at creation only; changing it later does nothing. */
  restoreFrom?: string;
  /**
   * Queue only, Valkey 9: no loss (`sync`) or at most 10 s (`async`) on failover, or `disabled`. In place between the
   * three (AWS What's New, 2026-10-27). Given at all it means cluster mode, which is for good. Default not given.
   */
  durability?: Durability;
}

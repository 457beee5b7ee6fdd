import type { PlannedGuarantees, PlannedOutcome } from "../../redis/guarantees";
import { kept, keptInOwnLog, lost } from "../../redis/guarantees";
import { key, say } from "../../redis/sentence";
import { Durability } from "./args";

/** What decides over a queue's life. */
export interface QueueGroup {
  readonly nodes: number;
  readonly multiAz: boolean;
  readonly durability?: Durability;
  readonly snapshotDays: number;
  readonly finalSnapshot: boolean;
}

/**
 * Replication is asynchronous and AWS names no bound (ElastiCache User Guide, "Minimizing downtime with
 * Multi-AZ"); this is where the alert on replication lag fires. Usually it is milliseconds.
 */
const REPLICATION_LOSS_SECONDS = 10;
/** ElastiCache User Guide, "Durability": what an asynchronous one may lose. */
const ASYNC_LOSS_SECONDS = 10;

/** What a queue's group survives. There is no AOF on ElastiCache: what lives, lives in another node's memory. */
export function queueGuarantees(group: QueueGroup): PlannedGuarantees {
  const failover = afterFailover(group);
  return {
    processCrash: failover,
    redeploy: kept("A changed setting is applied in place or with a failover to a node in step."),
    hostCrash: failover,
    hostLoss: failover,
    zoneLoss: group.multiAz ? failover : lost(`All nodes are in one zone. ${snapshots(group)}`),
    destroy: group.finalSnapshot
      ? kept(
          say`A final snapshot is taken and stays; ${key("queueGroup.restoreFrom")} fills a new group with it.`,
        )
      : lost(say`${key("queueGroup.finalSnapshot")} is false.`),
  };
}

function afterFailover(group: QueueGroup): PlannedOutcome {
  if (group.nodes < 2) return lost(`The only node keeps everything in memory. ${snapshots(group)}`);
  if (group.durability === Durability.Sync)
    return keptInOwnLog("Every acknowledged write is in the durable log.");
  if (group.durability === Durability.Async) {
    return kept("The durable log follows within seconds.", ASYNC_LOSS_SECONDS);
  }
  return kept(
    "A replica takes over. Replication is asynchronous: usually milliseconds are lost, but AWS names no bound; all nodes at once lose everything.",
    REPLICATION_LOSS_SECONDS,
  );
}

function snapshots({ snapshotDays }: QueueGroup): string {
  if (snapshotDays === 0) return "There are no snapshots.";
  return "The last daily snapshot can be restored by hand, up to 24 hours old.";
}

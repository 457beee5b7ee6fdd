import type { PlannedGuarantees } from "../../redis/guarantees";
import {
  AOF_SURVIVES_CRASH,
  CACHE_GUARANTEES,
  EVERYSEC_LOSS_SECONDS,
  kept,
  lost,
} from "../../redis/guarantees";
import type { KubernetesTopologyArgs } from "./args";
import { isReplicated } from "./storage";

/** What each role survives with these settings; the live tests hold it against a real cluster. */
export function kubernetesGuarantees(
  args: KubernetesTopologyArgs,
): Record<"cache" | "queue", PlannedGuarantees> {
  return {
    cache: {
      ...CACHE_GUARANTEES,
      redeploy: lost("A cache persists nothing, and a changed setting restarts its pod."),
    },
    queue: queueGuarantees(isReplicated(args), args.protect ?? true, args.createNamespace ?? true),
  };
}

function queueGuarantees(replicated: boolean, protect: boolean, ownNamespace: boolean): PlannedGuarantees {
  return {
    processCrash: kept(`${AOF_SURVIVES_CRASH} The kubelet starts Redis again.`),
    redeploy: kept("Redis saves before its pod stops, and the next pod adopts the same volume."),
    hostCrash: kept(
      `The AOF is fsynced every second, so the last ${EVERYSEC_LOSS_SECONDS} seconds may be missing. A torn end of it is repaired before Redis starts.`,
      EVERYSEC_LOSS_SECONDS,
    ),
    hostLoss: replicated
      ? kept(
          `The volume has copies on other nodes; the last ${EVERYSEC_LOSS_SECONDS} seconds may be missing. The pod moves once its old node is gone for good (see docs/operations.md, "A node is lost").`,
          EVERYSEC_LOSS_SECONDS,
        )
      : lost("Nothing here says that the storage class keeps copies on other nodes."),
    zoneLoss: lost("Nothing here makes the volume's copies lie in several zones."),
    destroy: protect
      ? kept(
          ownNamespace
            ? "The claim and its namespace are protected, and stay in the cluster even when they are unprotected."
            : "The claim is protected, and stays in the cluster even when it is unprotected; so does the namespace, which is not this stack's.",
        )
      : lost("`protect` is false, so the claim is deleted with the rest."),
  };
}

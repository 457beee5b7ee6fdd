import type { PlannedGuarantees } from "../../redis/guarantees";
import {
  AOF_SURVIVES_CRASH,
  CACHE_GUARANTEES,
  EVERYSEC_LOSS_SECONDS,
  kept,
  lost,
} from "../../redis/guarantees";
import type { BackendTraits, TopologyPlan } from "../../redis/plan";
import { planTopology } from "../../redis/plan";
import { key, say } from "../../redis/sentence";
import type { ProcessTopologyArgs } from "./args";

/** Where the servers listen: this host only. */
export const HOST = "127.0.0.1";

export const traits: BackendTraits = {
  name: "process",
  defaultPorts: { cache: 6379, queue: 6380 },
  sharesAddress: true,
  refuses: {
    memoryLimit: "a plain process has no memory limit of its own",
    "persistence.size": "the data lies in a folder, and the disk sets its size",
    "persistence.storageClass": "the data lies in a folder of this host",
  },
};

/** Everything decided about the topology, and everything wrong with it. Pure. */
export function planProcess(args: ProcessTopologyArgs): TopologyPlan {
  return planTopology(traits, args, {
    cache: CACHE_GUARANTEES,
    queue: queueGuarantees(args.deleteData ?? false),
  });
}

function queueGuarantees(deleteData: boolean): PlannedGuarantees {
  return {
    processCrash: kept(`${AOF_SURVIVES_CRASH} The next \`pulumi up\` starts Redis again.`),
    redeploy: kept("Redis saves before it stops, and finds its folder again."),
    hostCrash: kept(
      `The AOF is fsynced every second, so the last ${EVERYSEC_LOSS_SECONDS} seconds may be missing. The next \`pulumi up\` starts Redis again.`,
      EVERYSEC_LOSS_SECONDS,
    ),
    hostLoss: lost("The data lies on this host's disk only."),
    zoneLoss: lost("The data lies on this host's disk only."),
    destroy: deleteData
      ? lost(say`${key("deleteData")} is true.`)
      : kept("The data stays in its folder, and the next `pulumi up` finds it."),
  };
}

import * as path from "node:path";
import { exporterProblems } from "../../redis/exporter";
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
import type { Problem } from "../../redis/problems";
import { shown } from "../../redis/problems";
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
  const { memoryLimit: _, ...unlimited } = traits.refuses;
  const own = args.supervise === undefined ? traits : { ...traits, refuses: unlimited };
  const plan = planTopology(own, args, { cache: CACHE_GUARANTEES, queue: queueGuarantees(args) });
  return {
    ...plan,
    problems: [...plan.problems, ...folderProblems(args), ...monitoringProblems(args, plan)],
  };
}

function monitoringProblems(args: ProcessTopologyArgs, { cache, queue }: TopologyPlan): Problem[] {
  const { monitoring, supervise } = args;
  const ports = { ...(cache && { cache: cache.port }), ...(queue && { queue: queue.port }) };
  const problems = exporterProblems(monitoring, ports);
  if (monitoring === undefined || monitoring.exporter === false || supervise !== undefined) return problems;
  return [
    ...problems,
    {
      key: "monitoring",
      was: say`given without ${key("supervise")}`,
      allowed: "supervised servers, whose systemd runs the exporters too",
      fix: say`Set ${key("supervise")}, or remove it.`,
    },
  ];
}

/** Folders that a host empties when it starts (systemd's tmpfiles.d/tmp.conf), and that `PrivateTmp` hides. */
const EMPTIED = ["/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm"];

function folderProblems({ supervise, directory }: ProcessTopologyArgs): Problem[] {
  if (supervise === undefined || directory === undefined) return [];
  const folder = path.resolve(directory);
  const emptied = EMPTIED.find((one) => `${folder}/`.startsWith(`${one}/`));
  if (emptied === undefined) return [];
  return [
    {
      key: "directory",
      was: `${shown(directory)}, in ${emptied}`,
      allowed: say`a folder that outlives a reboot, since ${key("supervise")} starts the servers after one`,
      fix: "Choose another, such as /var/lib/redis-topology.",
    },
  ];
}

function queueGuarantees({ deleteData, supervise }: ProcessTopologyArgs): PlannedGuarantees {
  const back = `${supervise === undefined ? "The next `pulumi up`" : "systemd"} starts Redis again.`;
  return {
    processCrash: kept(`${AOF_SURVIVES_CRASH} ${back}`),
    redeploy: kept("Redis saves before it stops, and finds its folder again."),
    hostCrash: kept(
      `The AOF is fsynced every second, so the last ${EVERYSEC_LOSS_SECONDS} seconds may be missing. ${back}`,
      EVERYSEC_LOSS_SECONDS,
    ),
    hostLoss: lost("The data lies on this host's disk only."),
    zoneLoss: lost("The data lies on this host's disk only."),
    destroy: deleteData
      ? lost(say`${key("deleteData")} is true.`)
      : kept("The data stays in its folder, and the next `pulumi up` finds it."),
  };
}

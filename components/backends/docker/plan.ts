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
import { key, say } from "../../redis/sentence";
import type { EngineAddress } from "./address";
import { parseAddress } from "./address";
import type { DockerTopologyArgs } from "./args";
import { IMAGE_USER } from "./images";
import { bindProblems, hostProblems, imageProblems, nameProblems } from "./problems";

export const traits: BackendTraits = {
  name: "docker",
  defaultPorts: { cache: 6379, queue: 6380 },
  sharesAddress: true,
  refuses: {
    "persistence.size": "a Docker volume has no size of its own, the engine's disk sets it",
    "persistence.storageClass": "a Docker volume lies on the engine's disk",
  },
};

/** Published at loopback unless the stack asks for more. */
const DEFAULT_BIND = "127.0.0.1";

/** Everything decided about the topology, and everything wrong with it. */
export interface DockerPlan extends TopologyPlan {
  readonly bind: string;
  readonly user: string;
  /** Undefined = the provider's own default. */
  readonly engine?: EngineAddress;
}

/** Decides everything before any resource exists. Pure. */
export function planDocker(args: DockerTopologyArgs): DockerPlan {
  const engine = args.host === undefined ? undefined : parseAddress(args.host);
  const topology = planTopology(traits, args, {
    cache: CACHE,
    queue: queueGuarantees(args.deleteData ?? false),
  });
  const bind = args.bind ?? DEFAULT_BIND;
  return {
    ...topology,
    bind,
    user: args.user ?? IMAGE_USER,
    ...(engine && { engine }),
    problems: [
      ...topology.problems,
      ...hostProblems(args, engine),
      ...bindProblems(args, bind, engine),
      ...imageProblems(args),
      ...nameProblems(args),
      ...monitoringProblems(args, topology),
    ],
  };
}

function monitoringProblems(args: DockerTopologyArgs, { cache, queue }: TopologyPlan): Problem[] {
  const ports = { ...(cache && { cache: cache.port }), ...(queue && { queue: queue.port }) };
  return exporterProblems(args.monitoring, ports);
}

const CACHE: PlannedGuarantees = {
  ...CACHE_GUARANTEES,
  redeploy: lost(
    "A cache persists nothing, and most changes replace its container; maxMemory and memoryLimit are changed live.",
  ),
};

function queueGuarantees(deleteData: boolean): PlannedGuarantees {
  const alone = lost("The volume lies on the disk of the engine's machine only.");
  return {
    processCrash: kept(`${AOF_SURVIVES_CRASH} The engine starts Redis again.`),
    redeploy: kept("Redis saves before it stops, and the next container has the same volume."),
    hostCrash: kept(
      `The AOF is fsynced every second, so the last ${EVERYSEC_LOSS_SECONDS} seconds may be missing. The engine starts Redis again with the machine.`,
      EVERYSEC_LOSS_SECONDS,
    ),
    hostLoss: alone,
    zoneLoss: alone,
    destroy: deleteData
      ? lost(say`${key("deleteData")} is true.`)
      : kept("The volume stays on the engine, and the next `pulumi up` finds it."),
  };
}

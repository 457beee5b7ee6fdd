import type { BackendTraits, RolePlan, TopologyPlan } from "../../redis/plan";
import { planTopology, readSize, rolePlans } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { Engine, Role } from "../../redis/roles";
import { shownSize } from "../../redis/size";
import { officialImage } from "../../redis/software";
import { argocdProblems } from "./argocd";
import type { KubernetesTopologyArgs } from "./args";
import { PullPolicy } from "./args";
import {
  monitoringProblems,
  nameProblems,
  networkProblems,
  serverProblems,
  storageProblems,
  targetProblems,
} from "./checks";
import { kubernetesGuarantees } from "./guarantees";
import type { RoleNames } from "./names";
import { namespaceOf, roleNames, serverArgs } from "./names";
import { cpuQuantity, quantity } from "./quantity";
import { defaultVolume, volumeArithmetic, volumeFloor } from "./storage";

/** Port of both roles: each has an address of its own. */
const REDIS_PORT = 6379;

export const traits: BackendTraits = {
  name: "kubernetes",
  defaultPorts: { cache: REDIS_PORT, queue: REDIS_PORT },
  sharesAddress: false,
  refuses: {},
};

/** Where the official images are, in full: a container runtime has no default registry by right. */
const REGISTRY: Readonly<Record<Engine, string>> = { redis: "docker.io/library", valkey: "docker.io" };

/** Seconds a pod may take to stop, beyond what saving takes. */
const GRACE_SECONDS = 30;
/** How fast a replicated network volume takes an RDB snapshot, at worst. */
const SAVED_PER_SECOND = 20 * 1024 ** 2;

const DEFAULT_CPU = "100m";

/** Memory is given in whole MiB: the kernel rounds a limit down to pages, so anything finer would not be what is in force. */
const MEMORY_STEP = 1024 ** 2;

/** Everything decided about one role's server. Quantities as the API server writes them. */
export interface ServerPlan extends RolePlan {
  readonly engine: Engine;
  readonly names: RoleNames;
  readonly host: string;
  readonly image: string;
  readonly imagePullPolicy: PullPolicy;
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu?: string; readonly memory: string };
  readonly graceSeconds: number;
  /** Size of the volume; undefined = no volume. */
  readonly volume?: string;
}

export interface KubernetesPlan extends TopologyPlan {
  readonly namespace: string;
  readonly servers: readonly ServerPlan[];
}

/** Everything decided about the topology, and everything wrong with it. `provided`: the cluster is the caller's provider's. Pure. */
export function planKubernetes(args: KubernetesTopologyArgs, provided = false): KubernetesPlan {
  const plan = planTopology(traits, args, kubernetesGuarantees(args));
  const problems: Problem[] = [
    ...plan.problems,
    ...targetProblems(args, provided),
    ...nameProblems(args),
    ...rolePlans(plan).flatMap((role) => serverProblems(args, role.role, role)),
    ...storageProblems(args),
    ...networkProblems(args),
    ...argocdProblems(args),
    ...monitoringProblems(args),
  ];
  const servers = rolePlans(plan).map((role) => planServer(args, role, problems));
  return { ...plan, problems, namespace: namespaceOf(args), servers };
}

function planServer(args: KubernetesTopologyArgs, plan: RolePlan, problems: Problem[]): ServerPlan {
  const { role, memoryLimit, maxMemory } = plan;
  const server = serverArgs(args, role);
  const names = roleNames(args, role);
  const engine = plan.engine ?? Engine.Redis;
  const cpuLimit = server.cpuLimit === undefined ? undefined : cpuQuantity(server.cpuLimit);
  // Its problems are found in serverProblems already.
  const request = readSize("", server.memoryRequest, []) ?? memoryLimit;
  return {
    ...plan,
    engine,
    names,
    host: `${names.server}.${namespaceOf(args)}.svc.${args.clusterDomain ?? "cluster.local"}`,
    image: server.image ?? `${REGISTRY[engine]}/${officialImage(engine, plan.version)}`,
    imagePullPolicy: server.imagePullPolicy ?? PullPolicy.IfNotPresent,
    requests: {
      cpu: cpuQuantity(server.cpuRequest ?? DEFAULT_CPU) ?? DEFAULT_CPU,
      memory: wholeMib(request),
    },
    limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit }), memory: wholeMib(memoryLimit) },
    graceSeconds: GRACE_SECONDS + (plan.persists ? Math.ceil(maxMemory / SAVED_PER_SECOND) : 0),
    ...(role === Role.Queue && { volume: quantity(planVolume(args, maxMemory, problems)) }),
  };
}

function wholeMib(bytes: number): string {
  return quantity(Math.ceil(bytes / MEMORY_STEP) * MEMORY_STEP);
}

function planVolume(args: KubernetesTopologyArgs, maxMemory: number, problems: Problem[]): number {
  const given = readSize("queue.persistence.size", args.queue?.persistence?.size, problems);
  if (given !== undefined && given < volumeFloor(maxMemory)) {
    problems.push({
      key: "queue.persistence.size",
      was: shownSize(args.queue?.persistence?.size),
      allowed: `at least ${volumeArithmetic(maxMemory)}, so that AOF, its rewrite and a snapshot fit side by side`,
      fix: "Raise it, or lower `queue.maxMemory`.",
    });
  }
  return given ?? defaultVolume(maxMemory);
}

import type { PlannedGuarantees } from "../../redis/guarantees";
import { CACHE_GUARANTEES, lost } from "../../redis/guarantees";
import type { BackendTraits, TopologyPlan } from "../../redis/plan";
import { planTopology, rolePlans } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { shownNumber } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import { parseSize, SIZE_FORMS, SizeError } from "../../redis/size";
import { tagProblems } from "../aws/tags";
import { imageAndVersion } from "../rules";
import { appProblems } from "./app";
import type { LightsailTopologyArgs, Power } from "./args";
import { containerName } from "./container";
import type { Wanted } from "./existing";
import { existingServiceProblems } from "./existing";
import { choosePower } from "./powers";

const APP_MEMORY = 256 * 1024 ** 2;

export const traits: BackendTraits = {
  name: "lightsail",
  defaultPorts: { cache: 6379, queue: 6380 },
  sharesAddress: true,
  refuses: {
    memoryLimit: say`a Lightsail container has no limit of its own; ${key("power")} follows from the data budgets`,
    "persistence.size": "a container service has no disk",
    "persistence.storageClass": "a container service has no disk",
  },
};

const NO_DISK = "A container service has no disk.";

const QUEUE_GUARANTEES: PlannedGuarantees = {
  processCrash: lost(`${NO_DISK} The container starts again empty.`),
  redeploy: lost(`${NO_DISK} Every deployment, of the app too, starts new containers.`),
  hostCrash: lost(NO_DISK),
  hostLoss: lost(NO_DISK),
  zoneLoss: lost(NO_DISK),
  destroy: lost(NO_DISK),
};

/** The common plan, and everything about the service and its deployment. */
export interface LightsailPlan extends TopologyPlan, Wanted {
  /** Of a service that the stack makes. */
  readonly power: Power;
  /** Whether the containers are deployed, or only described. */
  readonly deploys: boolean;
  /** Whether an app stands in the same deployment, and so reaches Redis on `localhost`. */
  readonly beside: boolean;
  /** Whether Redis opens its port to other services. */
  readonly open: boolean;
}

/** Everything decided about the topology, and everything wrong with it. Pure. */
export function planLightsail(args: LightsailTopologyArgs): LightsailPlan {
  const plan = planTopology(traits, args, { cache: CACHE_GUARANTEES, queue: QUEUE_GUARANTEES });
  const roles = rolePlans(plan);
  const problems: Problem[] = [];
  const app = (args.app ?? []).length;
  const needs = {
    ...Object.fromEntries(roles.map(({ role, memoryLimit }) => [role, memoryLimit])),
    ...(app > 0 && { app: appMemory(args.appMemory, app, problems) }),
  };
  const power = choosePower(args.power, needs, problems);
  if (args.scale !== undefined && args.scale !== 1) {
    const allowed = "1: every further node would be another Redis behind the same name";
    const fix = say`Remove the setting; for more throughput raise ${key("power")}, or run the app in a service of its own.`;
    problems.push({ key: "scale", was: shownNumber(args.scale), allowed, fix });
  }
  const image = { path: "image", value: args.image };
  problems.push(...roles.flatMap(({ role, version }) => imageAndVersion(image, role, version)));
  const redis = { names: roles.map(({ role }) => containerName(role)), ports: roles.map(({ port }) => port) };
  problems.push(...appProblems(args, redis), ...existingServiceProblems(args), ...tagProblems(args.tags));
  const deploys = args.deploy ?? true;
  // A deployment of the team's own has an app.
  const beside = !deploys || app > 0;
  if (!beside && args.openToRegion === false) {
    const fix = say`Remove it, or add the containers that use Redis as ${key("app")}.`;
    problems.push({
      key: "openToRegion",
      was: "false",
      allowed: "true without an app: nobody could connect",
      fix,
    });
  }
  return {
    ...plan,
    power,
    needs,
    deploys,
    beside,
    open: args.openToRegion ?? !beside,
    pullsFromEcr: [args.image, ...(args.app ?? []).map(({ image }) => image)].some(isEcrImage),
    problems: [...plan.problems, ...problems],
  };
}

/** Amazon ECR User Guide, "Private registry": `<account>.dkr.ecr.<Region>.amazonaws.com/<repository>`. */
function isEcrImage(image: string | undefined): boolean {
  return image !== undefined && /^\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+\//.test(image);
}

function appMemory(given: string | undefined, containers: number, problems: Problem[]): number {
  if (given === undefined) return containers * APP_MEMORY;
  try {
    return parseSize(given);
  } catch (error) {
    if (!(error instanceof SizeError)) throw error;
    problems.push({ key: "appMemory", was: error.message, allowed: SIZE_FORMS, fix: "Correct the size." });
    return 0;
  }
}

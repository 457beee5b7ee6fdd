import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { LightsailTopologyArgs, Power } from "./args";
import type { Needs } from "./powers";
import { tooSmall } from "./powers";

/** Lightsail API, `ContainerServiceName`. */
export const SERVICE_NAME_LIMIT = 63;
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** What a service must have. */
export interface Wanted {
  readonly needs: Needs;
  /** Whether an image comes from a private ECR repository. */
  readonly pullsFromEcr: boolean;
}

/** What the Lightsail API says of a service. */
export interface FoundService {
  readonly power: string;
  readonly scale: number;
  readonly isDisabled?: boolean;
  /** Whether its role that pulls from ECR is there. */
  readonly pullsFromEcr: boolean;
}

/** Everything wrong with what the stack says of a service that exists. */
export function existingServiceProblems(args: LightsailTopologyArgs): Problem[] {
  const { existingService, app = [], deploy = true } = args;
  if (existingService === undefined) return [];
  const problems: Problem[] = [];
  if (!NAME.test(existingService) || existingService.length > SERVICE_NAME_LIMIT) {
    problems.push({
      key: "existingService",
      was: shapeOf(existingService),
      allowed: `1 to ${SERVICE_NAME_LIMIT} lower-case letters, digits and inner hyphens`,
      fix: "Name it as `aws lightsail get-container-services` does.",
    });
  }
  for (const name of ["power", "scale", "tags"] as const) {
    if (args[name] === undefined) continue;
    const fix = "Remove it; the service has its own, and what it has is checked.";
    problems.push({
      key: name,
      was: say`given beside ${key("existingService")}`,
      allowed: "one of the two",
      fix,
    });
  }
  if (deploy && app.length === 0) {
    problems.push({
      key: "app",
      was: "empty",
      allowed: "the containers that the service runs: a deployment replaces them all",
      fix: say`Describe them here, or say ${key("deploy", "false")} and add the output \`details.containers\` to your own deployment.`,
    });
  }
  return problems;
}

/** Everything that keeps this plan from running in the service as it is. */
export function foundServiceProblems(
  name: string,
  found: FoundService,
  { needs, pullsFromEcr }: Wanted,
): Problem[] {
  const path = "existingService";
  const update = (change: string) =>
    `\`aws lightsail update-container-service --service-name ${name} ${change}\``;
  const problems = tooSmall(
    path,
    found.power as Power,
    needs,
    (power) => `Run ${update(`--power ${power}`)}.`,
  );
  if (found.scale !== 1) {
    const allowed = "1: every further node would be another Redis";
    const fix = `Run ${update("--scale 1")}, or give Redis a service of its own.`;
    problems.push({ key: path, was: `${found.scale} nodes`, allowed, fix });
  }
  if (found.isDisabled) {
    const allowed = "a service that takes deployments";
    problems.push({ key: path, was: "disabled", allowed, fix: `Run ${update("--no-is-disabled")}.` });
  }
  if (pullsFromEcr && !found.pullsFromEcr) {
    const change = "--private-registry-access ecrImagePullerRole={isActive=true}";
    problems.push({
      key: path,
      was: "a service without the role that pulls images from Amazon ECR",
      allowed: "one with it, since an image here comes from there",
      fix: `Run ${update(change)}, then let the role read the repository (docs/operations/lightsail.md, "Images from Amazon ECR").`,
    });
  }
  return problems;
}

import { ContainerService } from "@pulumi/aws/lightsail/containerService";
import * as pulumi from "@pulumi/pulumi";
import type { TopologyOptions } from "../../options";
import { nameInAws, ownTags } from "../aws/names";
import { refuse } from "../refuse";
import type { LightsailTopologyArgs } from "./args";
import { foundServiceProblems, SERVICE_NAME_LIMIT } from "./existing";
import type { LightsailPlan } from "./plan";

/** The service that is deployed into. */
export interface Service {
  readonly plainName: string;
  /** The same, known once a service that exists has been found fit for the plan. */
  readonly name: pulumi.Output<string>;
  /** ARN of the role that pulls from ECR; empty where it is not used. */
  readonly ecrRole: pulumi.Output<string>;
}

/** One of the stack's own, or the one that exists: the latter is only read, on every preview and `up`. */
export function containerService(
  parent: pulumi.Resource,
  name: string,
  args: LightsailTopologyArgs,
  plan: LightsailPlan,
  opts?: TopologyOptions,
): Service {
  const { existingService } = args;
  if (existingService === undefined) {
    const plainName = nameInAws(name, "service", SERVICE_NAME_LIMIT);
    return used(plainName, createService(parent, name, plainName, args, plan));
  }
  const service = ContainerService.get(`${name}-existing-service`, existingService, {}, { parent });
  const { power, scale, isDisabled } = service;
  // A service that never had the role may say nothing about it, which a preview takes for "not known yet".
  const access = plan.pullsFromEcr ? service.privateRegistryAccess : undefined;
  const fit = pulumi.all([power, scale, isDisabled, access]).apply(([power, scale, isDisabled, access]) => {
    const found = { power, scale, isDisabled, pullsFromEcr: access?.ecrImagePullerRole?.isActive ?? false };
    refuse(name, foundServiceProblems(existingService, found, plan), parent, opts);
    return existingService;
  });
  return { ...used(existingService, service), name: fit };
}

function createService(
  parent: pulumi.Resource,
  name: string,
  plainName: string,
  args: LightsailTopologyArgs,
  { power, pullsFromEcr }: LightsailPlan,
): ContainerService {
  return new ContainerService(
    `${name}-service`,
    {
      name: plainName,
      power,
      scale: 1,
      ...(pullsFromEcr && { privateRegistryAccess: { ecrImagePullerRole: { isActive: true } } }),
      tags: ownTags(name, args.tags),
    },
    { parent, protect: args.queue !== undefined && (args.protect ?? true) },
  );
}

function used(plainName: string, { name, privateRegistryAccess }: ContainerService): Service {
  const ecrRole = privateRegistryAccess.apply((access) => access?.ecrImagePullerRole?.principalArn ?? "");
  return { plainName, name, ecrRole };
}

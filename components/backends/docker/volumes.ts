import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { RolePlan } from "../../redis/plan";
import type { DockerTopologyArgs } from "./args";
import { VolumeGuard } from "./guard";
import type { RoleImage } from "./images";
import { OWNER_LABEL } from "./leftovers";
import { carrierName, dataVolumeName, serverName } from "./places";
import type { DockerPlan } from "./plan";
import type { Place } from "./resources";
import { memoryMiB, serverConfig } from "./server";

/** The label that says whose a thing on the engine is, as the Docker provider takes it. */
export function ownerLabel(value: string) {
  return [{ label: OWNER_LABEL, value }];
}

/** What the guard of a server's volumes is made of. */
export interface VolumeParts {
  readonly software: RoleImage;
  readonly image: docker.RemoteImage;
  readonly args: DockerTopologyArgs;
}

/** Before both of a server's volumes. */
export function createVolumeGuard(
  { parent, name, prefix, earlierPrefix, owner, access, section }: Place,
  { user }: DockerPlan,
  plan: RolePlan,
  { software, image, args }: VolumeParts,
): VolumeGuard {
  const { role, persists, maxMemory } = plan;
  const earlier = args.volume === undefined && { earlier: dataVolumeName(earlierPrefix, role) };
  return new VolumeGuard(
    `${name}-${role}-volumes`,
    {
      role,
      owner,
      engine: access,
      server: serverName(prefix, role),
      files: carrierName(prefix, role),
      ...(persists && { data: calledVolume(prefix, plan, args), ...earlier }),
      image: image.imageId,
      program: software.server,
      user,
      memory: memoryMiB(plan) * 1024 * 1024,
      maxMemory,
      config: serverConfig(plan),
      ...(section !== undefined && { section }),
    },
    { parent },
  );
}

/** The volume of a queue's data, a new one or one that is there. */
export function createDataVolume(
  { name, prefix, owner, child }: Place,
  plan: RolePlan,
  args: DockerTopologyArgs,
  guard: VolumeGuard,
): docker.Volume {
  const { volume, protect = true, deleteData = false } = args;
  return new docker.Volume(
    `${name}-${plan.role}-data`,
    { name: calledVolume(prefix, plan, args), labels: ownerLabel(owner) },
    {
      ...child,
      protect,
      retainOnDelete: !deleteData,
      dependsOn: [guard],
      // A volume that was adopted has what its maker gave it; a difference would replace it with an empty one. So would
      // another default name, which the stack did not ask for.
      ignoreChanges: ["labels", "driver", "driverOpts", ...(volume === undefined ? ["name"] : [])],
    },
  );
}

function calledVolume(
  prefix: pulumi.Output<string>,
  { role }: RolePlan,
  { volume }: DockerTopologyArgs,
): pulumi.Input<string> {
  return volume ?? prefix.apply((text) => dataVolumeName(text, role));
}

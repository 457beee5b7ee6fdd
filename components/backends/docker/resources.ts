import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Server } from "../../outputs";
import type { RolePlan } from "../../redis/plan";
import { rolePassword } from "../passwords";
import type { DockerTopologyArgs } from "./args";
import { createConfiguration } from "./configuration";
import { type RoleImage, roleImage } from "./images";
import { CONFIG_FOLDER, DATA_FOLDER } from "./places";
import type { DockerPlan } from "./plan";
import { cacheFolder, healthCheck, memoryMiB, openFiles, startCommand, stopSeconds } from "./server";

/** What the servers of one topology share. */
export interface Place {
  readonly parent: pulumi.Resource;
  /** The topology's name: children are `<name>-…`. */
  readonly name: string;
  /** `<stack>-<name>`: what things are called on the engine, which other stacks and topologies share. */
  readonly prefix: string;
  readonly network: docker.Network;
  /** Options of every child: its parent, and the engine when it is not the provider's own. */
  readonly child: pulumi.CustomResourceOptions;
}

/** The network of a topology, which application containers join. */
export function createNetwork(
  name: string,
  prefix: string,
  child: pulumi.CustomResourceOptions,
): docker.Network {
  return new docker.Network(`${name}-network`, { name: prefix, driver: "bridge" }, child);
}

/** One server and all that belongs to it; its host is the one inside the network. */
export function createServer(
  place: Place,
  plan: DockerPlan,
  role: RolePlan,
  args: DockerTopologyArgs,
): Server {
  const { parent, name } = place;
  const given = args[role.role] ?? {};
  const software = roleImage(role.engine, role.version, args.image);
  const image = createImage(place, role, software);
  const password = rolePassword(parent, name, role.role, given);
  const settings = {
    healthcheck: healthCheck(role, software),
    ...(!role.persists && { tmpfs: cacheFolder(plan.user) }),
  };
  const configuration = createConfiguration(place, plan, role, given, { image, password, settings });
  const data = role.persists ? [{ volume: createDataVolume(place, role, args), path: DATA_FOLDER }] : [];
  const container = new docker.Container(
    `${name}-${role.role}`,
    {
      name: `${place.prefix}-${role.role}`,
      image: image.imageId,
      command: startCommand(role, software),
      user: plan.user,
      networksAdvanced: [{ name: place.network.name, aliases: [alias(place, role)] }],
      ports: [{ ip: plan.bind, external: role.port, internal: role.port, protocol: "tcp" }],
      volumes: [
        { volumeName: configuration.volume.name, containerPath: CONFIG_FOLDER, readOnly: true },
        ...data.map(({ volume, path }) => ({ volumeName: volume.name, containerPath: path })),
      ],
      labels: [{ label: "redis-topology.settings", value: configuration.mark }],
      ...settings,
      ...confinement(role),
      ...lifecycle(role),
    },
    // The name and the port are taken until the old container is gone.
    { ...place.child, deleteBeforeReplace: true, dependsOn: [configuration.upload] },
  );
  // Through an output of the container, so that whoever uses the endpoint waits until it answers.
  const ready = <T>(value: T) => container.name.apply(() => value);
  return { host: ready(alias(place, role)), port: ready(role.port), password };
}

/** `redis-cache` for the program's own topology: the name by which containers on the network find a role. */
function alias({ name }: Place, { role }: RolePlan): string {
  return `${name}-${role}`;
}

/** Resolved before anything else, so that an image that cannot be had leaves a running server alone. */
function createImage({ name, child }: Place, { role }: RolePlan, { image }: RoleImage): docker.RemoteImage {
  // Other containers of the engine may use the image, so it stays.
  return new docker.RemoteImage(`${name}-${role}-image`, { name: image, keepLocally: true }, child);
}

function createDataVolume(
  { name, prefix, child }: Place,
  { role }: RolePlan,
  { volume, protect = true, deleteData = false }: DockerTopologyArgs,
): docker.Volume {
  return new docker.Volume(
    `${name}-${role}-data`,
    { name: volume ?? `${prefix}-${role}-data` },
    {
      ...child,
      protect,
      retainOnDelete: !deleteData,
      // A volume that was taken over has what its maker gave it; a difference would replace it with an empty one.
      ignoreChanges: ["labels", "driver", "driverOpts"],
    },
  );
}

/** Not root, no capability, nothing to write but the data, and no more memory than was derived. */
function confinement(role: RolePlan): Partial<docker.ContainerArgs> {
  const files = openFiles(role);
  const memory = memoryMiB(role);
  return {
    readOnly: true,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    // Without it /dev/shm would be a second place to write to.
    ipcMode: "none",
    ulimits: [{ name: "nofile", soft: files, hard: files }],
    memory,
    // Memory and swap together: equal means no swap. Left out, the engine's own number would differ for ever.
    memorySwap: memory,
  };
}

function lifecycle(role: RolePlan): Partial<docker.ContainerArgs> {
  const seconds = stopSeconds(role);
  return {
    // After the engine itself was killed, an `unless-stopped` one stayed down (20.10.24).
    restart: "always",
    // For `docker stop` and the engine's own end; the second is the provider's, which kills at once without it.
    stopTimeout: seconds,
    destroyGraceSeconds: seconds,
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    wait: true,
  };
}

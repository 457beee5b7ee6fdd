import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../../outputs";
import type { RolePlan } from "../../redis/plan";
import { rolePassword } from "../passwords";
import type { DockerTopologyArgs } from "./args";
import type { EngineAccess } from "./client";
import type { Configuration } from "./configuration";
import { createConfiguration } from "./configuration";
import { NetworkGuard, ServerGuard, ServerMemory } from "./guard";
import { clearLeftContainer, clearLeftNetwork } from "./hooks";
import type { RoleImage } from "./images";
import { roleImage } from "./images";
import { CONFIG_FOLDER, carrierName, DATA_FOLDER, serverName } from "./places";
import type { DockerPlan } from "./plan";
import { roleSettings } from "./running";
import {
  cacheFolder,
  healthCheck,
  memoryMiB,
  openFiles,
  serverConfig,
  startCommand,
  stopSeconds,
} from "./server";
import { createDataVolume, createVolumeGuard, ownerLabel } from "./volumes";

/** What the servers of one topology share. */
export interface Place {
  readonly parent: pulumi.Resource;
  /** The topology's name: children are `<name>-…`. */
  readonly name: string;
  /**
   * `<project>-<stack>-<name>`: what things are called on the engine, which others share. It is the network's name as
   * Pulumi's state has it, so that a stack from before the project was in it keeps every name (docs/adr/0087-docker-names.md).
   */
  readonly prefix: pulumi.Output<string>;
  /** `<stack>-<name>`: the prefix in earlier versions. */
  readonly earlierPrefix: string;
  /** `<project>/<stack>/<topology>`, on everything that is made. */
  readonly owner: string;
  readonly access: EngineAccess;
  /** Section of the stack file, for messages. */
  readonly section?: string;
  readonly network: docker.Network;
  /** Options of every child: its parent, and the engine when it is not the provider's own. */
  readonly child: pulumi.CustomResourceOptions;
}

/** The network of a topology, which application containers join. */
export function createNetwork(
  {
    parent,
    name,
    owner,
    access,
    section,
    child,
  }: Pick<Place, "parent" | "name" | "owner" | "access" | "section" | "child">,
  called: string,
): docker.Network {
  const network = new docker.Network(
    `${name}-network`,
    { name: called, driver: "bridge", labels: ownerLabel(owner) },
    // One from before has neither: it would be replaced, under the containers that are on it.
    { ...child, ignoreChanges: ["name", "labels"], ...clearLeftNetwork(access, owner) },
  );
  new NetworkGuard(
    `${name}-network-guard`,
    { owner, engine: access, network: network.name, ...(section !== undefined && { section }) },
    { parent },
  );
  return network;
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
  const volumes = createVolumeGuard(place, plan, role, { software, image, args });
  const data = role.persists
    ? [{ volume: createDataVolume(place, role, args, volumes), path: DATA_FOLDER }]
    : [];
  const guard = createGuard(place, plan, role, { software, image, password, volume: data[0]?.volume });
  const parts = { image, password, settings, volumes, guard };
  const configuration = createConfiguration(place, plan, role, given, parts);
  const container = new docker.Container(
    `${name}-${role.role}`,
    {
      name: serverName(place.prefix, role.role),
      image: image.imageId,
      command: startCommand(role, software, place.section),
      user: plan.user,
      networksAdvanced: [{ name: place.network.name, aliases: [alias(place, role)] }],
      ports: [{ ip: plan.bind, external: role.port, internal: role.port, protocol: "tcp" }],
      volumes: [
        { volumeName: configuration.volume.name, containerPath: CONFIG_FOLDER, readOnly: true },
        ...data.map(({ volume, path }) => ({ volumeName: volume.name, containerPath: path })),
      ],
      labels: [{ label: "redis-topology.settings", value: configuration.mark }, ...ownerLabel(place.owner)],
      ...settings,
      ...confinement(role),
      ...lifecycle(role),
    },
    // The name and the port are taken until the old container is gone.
    {
      ...place.child,
      deleteBeforeReplace: true,
      dependsOn: [configuration.upload, configuration.limit],
      ...clearLeftContainer(place.access, place.owner),
    },
  );
  createMemory(place, role, { software, password, configuration, container });
  // Through an output of the container, so that whoever uses the endpoint waits until it answers.
  const ready = <T>(value: T) => container.name.apply(() => value);
  return { host: ready(alias(place, role)), port: ready(role.port), password };
}

/** Before both of the server's containers. */
function createGuard(
  { parent, name, prefix, owner, access, section }: Place,
  { bind, user }: DockerPlan,
  role: RolePlan,
  { software, image, password, volume }: GuardedParts,
): ServerGuard {
  return new ServerGuard(
    `${name}-${role.role}-guard`,
    {
      role: role.role,
      owner,
      engine: access,
      container: serverName(prefix, role.role),
      carrier: carrierName(prefix, role.role),
      image: image.imageId,
      program: software.server,
      cli: software.cli,
      user,
      memory: memoryMiB(role) * 1024 * 1024,
      maxMemory: role.maxMemory,
      bind,
      port: role.port,
      config: serverConfig(role),
      ...(volume && { volume: volume.name }),
      settings: roleSettings(role.directives),
      password: pulumi.secret(password),
      ...(section !== undefined && { section }),
    },
    { parent },
  );
}

/** After the server's container. */
function createMemory(
  { parent, name, owner, access }: Place,
  { role, port, maxMemory }: RolePlan,
  { software, password, configuration, container }: LimitedParts,
): ServerMemory {
  return new ServerMemory(
    `${name}-${role}-memory`,
    {
      role,
      owner,
      engine: access,
      container: container.name,
      containerId: container.id,
      carrier: configuration.upload.name,
      carrierId: configuration.upload.id,
      cli: software.cli,
      port,
      maxMemory,
      password: pulumi.secret(password),
    },
    { parent, dependsOn: [container] },
  );
}

interface LimitedParts {
  readonly software: RoleImage;
  readonly password: pulumi.Output<string>;
  readonly configuration: Configuration;
  readonly container: docker.Container;
}

interface GuardedParts {
  readonly software: RoleImage;
  readonly image: docker.RemoteImage;
  readonly password: pulumi.Output<string>;
  readonly volume?: docker.Volume;
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

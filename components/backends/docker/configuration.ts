import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { RoleArgs } from "../../contract";
import { aclFile } from "../../redis/acl";
import type { RolePlan } from "../../redis/plan";
import { madePassword, validPasswords } from "../passwords";
import { refuse } from "../refuse";
import type { ServerGuard, VolumeGuard } from "./guard";
import { ServerLimit } from "./guard";
import { clearLeftContainer } from "./hooks";
import { ACL_FILE, CONFIG_FILE, CONFIG_FOLDER, carrierName, PROBE_FILE } from "./places";
import type { DockerPlan } from "./plan";
import { openPasswordProblems } from "./problems";
import type { Place } from "./resources";
import { serverConfig, settingsMark } from "./server";
import { ownerLabel } from "./volumes";

/** Read by the server's user, who is not root, while the engine writes uploads as root. */
const PERMISSIONS = "0444";

/** What of a server is decided outside its configuration. */
export interface ServerParts {
  readonly image: docker.RemoteImage;
  readonly password: pulumi.Output<string>;
  /** Inputs of its container that take effect only in a new one. */
  readonly settings: unknown;
  /** Looks whose the volumes are before they are made or adopted. */
  readonly volumes: VolumeGuard;
  /** Tries the new server before anything of the old one is replaced. */
  readonly guard: ServerGuard;
}

/** The files of a server, on a volume of their own. */
export interface Configuration {
  readonly volume: docker.Volume;
  /** The container that carried the files there. */
  readonly upload: docker.Container;
  /** The file that came last; the server starts after it. */
  readonly limit: ServerLimit;
  /** Changes when the server must be made anew. */
  readonly mark: pulumi.Output<string>;
}

/**
 * Puts redis.conf, the ACL file and the health check's password onto a volume. The engine takes no upload for a
 * container whose root filesystem is read-only ("container rootfs is marked read-only"), so a second container,
 * which is never started, takes them (docs/adr/0010-docker-files.md).
 */
export function createConfiguration(
  place: Place,
  plan: DockerPlan,
  role: RolePlan,
  given: RoleArgs,
  { image, password, settings, volumes, guard }: ServerParts,
): Configuration {
  const { parent, name, prefix, child } = place;
  const probe = madePassword(parent, `${name}-${role.role}-probe`);
  const acl = pulumi.all([validPasswords(password, given), probe]).apply(([passwords, probePassword]) => {
    refuse(name, openPasswordProblems(role.role, plan.bind, passwords), parent, place);
    return aclFile(passwords, probePassword);
  });
  const config = serverConfig(role);
  const called = carrierName(prefix, role.role);
  const volume = new docker.Volume(
    `${name}-${role.role}-config`,
    { name: called, labels: ownerLabel(place.owner) },
    // One from before has no label, and a volume gets none later.
    { ...child, ignoreChanges: ["labels"], dependsOn: [volumes] },
  );
  const upload = new docker.Container(
    `${name}-${role.role}-upload`,
    {
      name: called,
      image: image.imageId,
      // Never run, but the engine makes no container without one.
      command: ["true"],
      start: false,
      mustRun: false,
      networkMode: "none",
      labels: ownerLabel(place.owner),
      volumes: [{ volumeName: volume.name, containerPath: CONFIG_FOLDER }],
      uploads: [
        { file: CONFIG_FILE, content: config, permissions: PERMISSIONS },
        { file: ACL_FILE, content: acl, permissions: PERMISSIONS },
        { file: PROBE_FILE, content: pulumi.interpolate`${probe}\n`, permissions: PERMISSIONS },
      ],
    },
    {
      ...child,
      deleteBeforeReplace: true,
      dependsOn: [guard],
      ...clearLeftContainer(place.access, place.owner),
    },
  );
  const { maxMemory } = role;
  const limit = new ServerLimit(
    `${name}-${role.role}-limit`,
    { owner: place.owner, engine: place.access, carrier: called, carrierId: upload.id, maxMemory },
    { parent },
  );
  const mark = pulumi
    .all([probe, acl])
    .apply(([key, aclText]) => settingsMark(key, [config, aclText, settings]));
  return { volume, upload, limit, mark };
}

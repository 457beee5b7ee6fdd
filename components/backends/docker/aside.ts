import type Docker from "dockerode";
import { OWNER_LABEL, removeContainer, unlessMissing, unlessStatus } from "./leftovers";
import { CONFIG_FOLDER } from "./places";
import { fileOf, tarOf } from "./tar";

/** One of a topology's containers; its id as Pulumi's state last had it is in a file beside its configuration. */
export interface Own {
  readonly owner: string;
  readonly name: string;
  /** The container that carries files to the volume where the id is. */
  readonly carrier: string;
  /** File with the id. */
  readonly record: "server.id" | "carrier.id";
}

const STAND_IN_LABEL = "redis-topology.stand-in";

/** Written after the container is in Pulumi's state, which then knows this id. */
export async function recordKnown(docker: Docker, own: Own, id: string): Promise<void> {
  const archive = tarOf(`${CONFIG_FOLDER}/${own.record}`, id, 0o444);
  await docker.getContainer(own.carrier).putArchive(archive, { path: "/" });
}

/** Whether the engine has another container, or none, for the one that is recorded, or one that went aside. */
export async function isUnsettled(docker: Docker, own: Own, mounting: readonly string[]): Promise<boolean> {
  if (await isAside(docker, own)) return true;
  const known = await recorded(docker, own, mounting);
  return (await stranger(docker, own, known)) || (known !== undefined && !(await found(docker, known)));
}

/**
 * Before Pulumi deals with the container: takes out of its way what an `up` that was killed may have left. Nobody here
 * knows whether Pulumi's state has the container, so that nothing is removed: one that is not the recorded one is
 * stopped (two servers must not share a volume) and gets another name, under which the provider, which goes by ids,
 * finds it as before. For a recorded one that is gone a stand-in is made, whose name is the id: the provider could
 * not delete what it does not find.
 */
export async function putAside(
  docker: Docker,
  own: Own,
  known: string | undefined,
  image: string,
): Promise<void> {
  const before = await foundAside(docker, own);
  if (await stranger(docker, own, known)) {
    // From an earlier `up`, after which Pulumi has made the one that goes aside now.
    if (before) await removeContainer(docker.getContainer(before.Id));
    const container = docker.getContainer(own.name);
    await container.stop().catch(unlessStatus(304));
    await container.rename({ name: aside(own) });
  } else if (before) {
    // The engine starts it with itself.
    await docker.getContainer(before.Id).stop().catch(unlessStatus(304));
  }
  if (known === undefined || (await found(docker, known))) return;
  await docker.createContainer({
    name: known,
    Image: image,
    Cmd: ["true"],
    Labels: { [OWNER_LABEL]: own.owner, [STAND_IN_LABEL]: own.name },
    HostConfig: { NetworkMode: "none" },
  });
}

/** After Pulumi has dealt with the container, which has `id` now: what went aside is it, or is nobody's any more. */
export async function settle(docker: Docker, own: Own, id: string): Promise<void> {
  const put = await foundAside(docker, own);
  if (put?.Id === id) {
    await docker.getContainer(id).rename({ name: own.name });
    if (own.record === "server.id") await docker.getContainer(id).start();
  } else if (put) await removeContainer(docker.getContainer(put.Id));
  const filters = { label: [`${STAND_IN_LABEL}=${own.name}`, `${OWNER_LABEL}=${own.owner}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await removeContainer(docker.getContainer(Id));
  }
}

/** Whether `settle` has something to do with what went aside. */
export async function isAside(docker: Docker, own: Own): Promise<boolean> {
  return (await foundAside(docker, own)) !== undefined;
}

/** After Pulumi has deleted the container: whatever of ours still has a name of its is nobody's. */
export async function removeLeft(docker: Docker, own: Own): Promise<void> {
  await settle(docker, own, "");
  const there = await found(docker, own.name);
  if (there && isOurs(there, own)) await removeContainer(docker.getContainer(there.Id));
}

function aside({ name }: Pick<Own, "name">): string {
  return `${name}-left`;
}

/** Whether the name is taken by a container of ours that is not the recorded one. */
async function stranger(docker: Docker, own: Own, known: string | undefined): Promise<boolean> {
  const there = await found(docker, own.name);
  return there !== undefined && there.Id !== known && isOurs(there, own);
}

async function foundAside(docker: Docker, own: Own): Promise<Docker.ContainerInspectInfo | undefined> {
  const there = await found(docker, aside(own));
  return there && isOurs(there, own) ? there : undefined;
}

function isOurs({ Config }: Docker.ContainerInspectInfo, { owner }: Own): boolean {
  return Config.Labels?.[OWNER_LABEL] === owner;
}

function found(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo | undefined> {
  return docker.getContainer(name).inspect().catch(unlessMissing);
}

/** The id in the record, read through whichever container still mounts the volume. */
export async function recorded(
  docker: Docker,
  { record }: Own,
  mounting: readonly string[],
): Promise<string | undefined> {
  for (const name of mounting.flatMap((name) => [name, aside({ name })])) {
    const archive = await docker
      .getContainer(name)
      .getArchive({ path: `${CONFIG_FOLDER}/${record}` })
      .catch(unlessMissing);
    if (archive) return (await fileOf(archive)) || undefined;
  }
  return undefined;
}

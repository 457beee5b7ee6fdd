import type Docker from "dockerode";

/** Label of everything that a topology has on its engine, with `<project>/<stack>/<topology>`. */
export const OWNER_LABEL = "redis-topology.owner";

/** Ends what only an `up` that was killed can have left: our container, where the state says that there is none. */
export async function removeLeftContainer(docker: Docker, name: string, owner: string): Promise<void> {
  const container = docker.getContainer(name);
  const found = await container.inspect().catch(unlessMissing);
  if (!found) return;
  if (found.Config.Labels?.[OWNER_LABEL] !== owner) {
    throw new Error(
      `The engine has a container "${name}" that this topology did not make. ` +
        `Look at it with \`docker inspect ${name}\`; rename it or remove it, then run again.`,
    );
  }
  await removeContainer(container);
}

/** Gives it as long to stop as it says itself: a queue saves. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  await container.stop().catch(unlessStatus(304, 404));
  await container.remove({ v: true, force: true }).catch(unlessStatus(404));
}

/** The same for the network; containers that are not ours stay on it only by a person's decision. */
export async function removeLeftNetwork(docker: Docker, name: string, owner: string): Promise<void> {
  const networks = await docker.listNetworks({ filters: { name: [name] } });
  for (const { Id, Name, Labels } of networks) {
    if (Name !== name) continue;
    if (Labels?.[OWNER_LABEL] !== owner) {
      throw new Error(
        `The engine has a network "${name}" that this topology did not make. ` +
          `Look at it with \`docker network inspect ${name}\`; remove it, then run again.`,
      );
    }
    await removeContainersOf(docker, Id, owner);
    await refuseStrangers(docker, name, owner);
    await docker.getNetwork(Id).remove().catch(unlessStatus(404));
  }
}

/** Throws, naming them, when containers of others are on a network that is to go: the engine keeps it for them. */
export async function refuseStrangers(docker: Docker, name: string, owner: string): Promise<void> {
  const on = await docker.listContainers({ filters: { network: [name] } });
  const names = on
    .filter(({ Labels }) => Labels[OWNER_LABEL] !== owner)
    .map(({ Id, Names }) => Names[0]?.replace(/^\//, "") ?? Id)
    .sort();
  if (names.length === 0) return;
  throw new Error(
    `The network "${name}" cannot be removed: ${names.join(", ")} ${names.length === 1 ? "is" : "are"} still on it. ` +
      `Stop them (\`docker stop ${names.join(" ")}\`) or take them off (\`docker network disconnect ${name} ${names[0]}\`), then run again.`,
  );
}

async function removeContainersOf(docker: Docker, network: string, owner: string): Promise<void> {
  const filters = { network: [network], label: [`${OWNER_LABEL}=${owner}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await removeContainer(docker.getContainer(Id));
  }
}

export function unlessStatus(...expected: number[]): (error: { statusCode?: number }) => undefined {
  return (error) => {
    if (!expected.includes(error.statusCode ?? 0)) throw error;
    return undefined;
  };
}

export const unlessMissing = unlessStatus(404);

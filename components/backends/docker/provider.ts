import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type Docker from "dockerode";
import type { Own } from "./aside";
import { isAside, isUnsettled, putAside, recorded, recordKnown, removeLeft, settle } from "./aside";
import { engineClient } from "./client";
import type { GuardedNetwork, GuardedServer, LimitedServer, LimitFile } from "./guard";
import { identityProblem } from "./identity";
import { refuseStrangers } from "./leftovers";
import { lowerLimit, runningLimit, setLimit, writeLimit } from "./limit";
import { deviations, repair, runningSettings } from "./running";
import { tryServer } from "./trial";
import { refuseShared } from "./volumeProvider";

export { volumeGuard } from "./volumeProvider";

/** The engine that a guard was made on: its id, and the name of its machine. */
interface Known {
  engineId: string;
  engineName: string;
}

/** Inputs whose change makes a new container, which is tried first. */
const TRIED = ["image", "program", "user", "bind", "port", "config", "volume"] as const;

/** What Pulumi's engine calls for a ServerGuard. Runs in the process of Pulumi's dynamic provider. */
export const serverGuard = {
  read,

  /** Asked on every run, changed inputs or not. */
  async diff(_id: string, olds: GuardedServer & Known, news: GuardedServer): Promise<dynamic.DiffResult> {
    await refuseAnotherEngine(olds, news);
    const found = await runningSettings(engineClient(olds.engine), olds);
    const changed = deviations(olds.settings, found ?? {});
    for (const [name, value] of changed) {
      console.error(
        `${olds.role}: the running server has ${name} "${value}" instead of "${olds.settings[name]}"; an update sets it again`,
      );
    }
    const unsettled = await someUnsettled(engineClient(news.engine), news);
    return { changes: unsettled || changed.length > 0 || differs(olds, news, inputKeys(news)) };
  },

  async create(inputs: GuardedServer): Promise<dynamic.CreateResult> {
    const docker = engineClient(inputs.engine);
    await refuseOthersVolume(docker, inputs);
    await tryServer(docker, inputs);
    // A new state knows no container, whatever an earlier one has recorded.
    await clearWay(docker, inputs, {});
    return { id: inputs.container, outs: { ...inputs, ...(await identity(docker)) } };
  },

  async update(_id: string, olds: GuardedServer & Known, news: GuardedServer): Promise<dynamic.UpdateResult> {
    const docker = engineClient(news.engine);
    if (olds.volume !== news.volume) await refuseOthersVolume(docker, news);
    if (differs(olds, news, TRIED)) await tryServer(docker, news);
    await lowerLimit(docker, olds, news);
    await repair(docker, olds, news);
    await clearWay(docker, news, await knownIds(docker, news));
    return { outs: { ...news, ...(await identity(docker)) } };
  },

  /** After both of the server's containers. */
  async delete(_id: string, known: GuardedServer): Promise<void> {
    const docker = engineClient(known.engine);
    const { server, files } = ownContainers(known);
    await removeLeft(docker, server);
    await removeLeft(docker, files);
  },
};

/** What Pulumi's engine calls for a ServerLimit. */
export const serverLimit = {
  async create(inputs: LimitFile): Promise<dynamic.CreateResult> {
    await placeLimit(inputs, inputs.maxMemory);
    return { id: inputs.carrier, outs: inputs };
  },

  async diff(_id: string, olds: LimitFile, news: LimitFile): Promise<dynamic.DiffResult> {
    const left = await isAside(engineClient(news.engine), filesOf(news));
    return { changes: left || differs(olds, news, inputKeys(news)) };
  },

  /** A container that starts again now may have the old memory, or the new: the lower limit fits both. */
  async update(_id: string, olds: LimitFile, news: LimitFile): Promise<dynamic.UpdateResult> {
    await placeLimit(news, Math.min(olds.maxMemory, news.maxMemory));
    return { outs: news };
  },

  async delete(): Promise<void> {},
};

/** What Pulumi's engine calls for a ServerMemory. */
export const serverMemory = {
  async create(inputs: LimitedServer): Promise<dynamic.CreateResult> {
    await applyLimit(inputs);
    return { id: inputs.container, outs: inputs };
  },

  /** Asked on every run: an `up` that was killed, or a person, may have left another limit. */
  async diff(_id: string, olds: LimitedServer, news: LimitedServer): Promise<dynamic.DiffResult> {
    const found = await runningLimit(engineClient(olds.engine), olds);
    const deviates = found !== undefined && found !== olds.maxMemory;
    // The new one is there when the guard has lowered it in this very run.
    if (deviates && found !== news.maxMemory) {
      console.error(
        `${olds.role}: the running server has maxmemory "${found}" instead of "${olds.maxMemory}"; an update sets it again`,
      );
    }
    const left = await isAside(engineClient(news.engine), ownContainers(news).server);
    return { changes: deviates || left || differs(olds, news, inputKeys(news)) };
  },

  async update(_id: string, _olds: unknown, news: LimitedServer): Promise<dynamic.UpdateResult> {
    await applyLimit(news);
    return { outs: news };
  },

  async delete(): Promise<void> {},
};

/** What Pulumi's engine calls for a NetworkGuard. */
export const networkGuard = {
  read,

  async diff(_id: string, olds: GuardedNetwork & Known, news: GuardedNetwork): Promise<dynamic.DiffResult> {
    await refuseAnotherEngine(olds, news);
    return { changes: differs(olds, news, inputKeys(news)) };
  },

  async create(inputs: GuardedNetwork): Promise<dynamic.CreateResult> {
    return { id: inputs.network, outs: { ...inputs, ...(await identity(engineClient(inputs.engine))) } };
  },

  async update(_id: string, _olds: unknown, news: GuardedNetwork): Promise<dynamic.UpdateResult> {
    return { outs: { ...news, ...(await identity(engineClient(news.engine))) } };
  },

  /** Before the network goes; our own servers may still be on their way out. */
  async delete(_id: string, known: GuardedNetwork): Promise<void> {
    await refuseStrangers(engineClient(known.engine), known.network, known.owner);
  },
};

async function refuseOthersVolume(
  docker: Docker,
  { owner, container, carrier, volume, section }: GuardedServer,
) {
  if (volume === undefined) return;
  await refuseShared(docker, { owner, containers: [container, carrier] }, volume, section);
}

/** The two containers of a server. */
function ownContainers({
  owner,
  container,
  carrier,
}: Pick<GuardedServer, "owner" | "container" | "carrier">) {
  const server: Own = { owner, name: container, carrier, record: "server.id" };
  return { server, files: filesOf({ owner, carrier }), mounting: [carrier, container] };
}

function filesOf({ owner, carrier }: Pick<LimitFile, "owner" | "carrier">): Own {
  return { owner, name: carrier, carrier, record: "carrier.id" };
}

async function someUnsettled(docker: Docker, guarded: GuardedServer): Promise<boolean> {
  const { server, files, mounting } = ownContainers(guarded);
  return (await isUnsettled(docker, files, mounting)) || (await isUnsettled(docker, server, mounting));
}

/** Ids of the two containers, as Pulumi's state last had them. */
interface KnownIds {
  readonly server?: string;
  readonly files?: string;
}

async function knownIds(docker: Docker, guarded: GuardedServer): Promise<KnownIds> {
  const { server, files, mounting } = ownContainers(guarded);
  return {
    server: await recorded(docker, server, mounting),
    files: await recorded(docker, files, mounting),
  };
}

async function clearWay(docker: Docker, guarded: GuardedServer, known: KnownIds): Promise<void> {
  const { server, files } = ownContainers(guarded);
  await putAside(docker, server, known.server, guarded.image);
  await putAside(docker, files, known.files, guarded.image);
}

async function placeLimit(file: LimitFile, maxMemory: number): Promise<void> {
  const docker = engineClient(file.engine);
  const own = filesOf(file);
  await settle(docker, own, file.carrierId);
  await writeLimit(docker, file.carrier, maxMemory);
  await recordKnown(docker, own, file.carrierId);
}

async function applyLimit(server: LimitedServer): Promise<void> {
  const docker = engineClient(server.engine);
  const own = ownContainers(server).server;
  await writeLimit(docker, server.carrier, server.maxMemory);
  await settle(docker, own, server.containerId);
  const found = await runningLimit(docker, server);
  if (found !== undefined && found !== server.maxMemory) await setLimit(docker, server, server.maxMemory);
  await recordKnown(docker, own, server.containerId);
}

type Guarded = GuardedServer | GuardedNetwork;

/** Refuses another engine, in the preview already: what the stack has is on the one it was made on. */
async function refuseAnotherEngine(olds: Known, news: Guarded): Promise<void> {
  const problem = identityProblem(olds, await identity(engineClient(news.engine)), news.section);
  if (problem !== undefined) throw new Error(problem);
}

/** A refresh asks the engine of the state; when that is another one now, nothing of this stack is left there. */
async function read(id: string, known: Guarded & Known): Promise<dynamic.ReadResult> {
  const now = await identity(engineClient(known.engine));
  return now.engineId === known.engineId ? { id, props: known } : {};
}

async function identity(docker: Docker): Promise<Known> {
  const { ID, Name } = await docker.info();
  return { engineId: ID, engineName: Name };
}

function differs(olds: object, news: object, keys: readonly string[]): boolean {
  const value = (from: object, key: string) => (from as Record<string, unknown>)[key];
  return keys.some((key) => !isDeepStrictEqual(value(olds, key), value(news, key)));
}

function inputKeys(news: object): string[] {
  // What messages call a setting changes nothing.
  return Object.keys(news).filter((key) => key !== "__provider" && key !== "section");
}

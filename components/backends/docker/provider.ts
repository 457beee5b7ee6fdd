import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type Docker from "dockerode";
import { engineClient } from "./client";
import type { GuardedNetwork, GuardedServer } from "./guard";
import { identityProblem } from "./identity";
import { refuseStrangers } from "./leftovers";
import { deviations, repair, runningSettings } from "./running";
import { tryServer } from "./trial";

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
    return { changes: changed.length > 0 || differs(olds, news, inputKeys(news)) };
  },

  async create(inputs: GuardedServer): Promise<dynamic.CreateResult> {
    const docker = engineClient(inputs.engine);
    await tryServer(docker, inputs);
    return { id: inputs.container, outs: { ...inputs, ...(await identity(docker)) } };
  },

  async update(_id: string, olds: GuardedServer & Known, news: GuardedServer): Promise<dynamic.UpdateResult> {
    const docker = engineClient(news.engine);
    if (differs(olds, news, TRIED)) await tryServer(docker, news);
    await repair(docker, olds, news);
    return { outs: { ...news, ...(await identity(docker)) } };
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

type Guarded = GuardedServer | GuardedNetwork;

/** Refuses another engine, in the preview already: what the stack has is on the one it was made on. */
async function refuseAnotherEngine(olds: Known, news: Guarded): Promise<void> {
  const problem = identityProblem(olds, await identity(engineClient(news.engine)));
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
  return Object.keys(news).filter((key) => key !== "__provider");
}

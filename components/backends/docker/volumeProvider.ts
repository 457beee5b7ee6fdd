import type { dynamic } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";
import type Docker from "dockerode";
import { describe, toldProblem } from "../../redis/problems";
import { tryData } from "./adoption";
import { engineClient } from "./client";
import type { GuardedVolumes } from "./guard";
import { unlessMissing } from "./leftovers";
import type { Asking, FoundVolume } from "./ownership";
import { dataProblem, earlierProblem, filesProblem, ownerIn, sharedProblem } from "./ownership";

/** What Pulumi's engine calls for a VolumeGuard. Runs in the process of Pulumi's dynamic provider. */
export const volumeGuard = {
  /** In the preview too: volumes that the stack does not have yet. */
  async check(olds: Partial<GuardedVolumes> | undefined, news: GuardedVolumes): Promise<dynamic.CheckResult> {
    const reasons = sameVolumes(olds, news) ? [] : await refusals(engineClient(news.engine), news);
    return { inputs: news, failures: reasons.map((reason) => ({ property: "", reason })) };
  },

  /** The rest is for whoever tries a server on them. */
  async diff(_id: string, olds: GuardedVolumes, news: GuardedVolumes): Promise<dynamic.DiffResult> {
    return { changes: !sameVolumes(olds, news) };
  },

  async create(inputs: GuardedVolumes): Promise<dynamic.CreateResult> {
    await admit(inputs);
    return { id: inputs.files, outs: inputs };
  },

  async update(_id: string, olds: GuardedVolumes, news: GuardedVolumes): Promise<dynamic.UpdateResult> {
    if (!sameVolumes(olds, news)) await admit(news);
    return { outs: news };
  },

  async delete(): Promise<void> {},
};

/** Throws when the queue's volume, which the state has already, is another topology's. */
export async function refuseShared(
  docker: Docker,
  asking: Asking,
  volume: string,
  section: string | undefined,
): Promise<void> {
  const found = await findVolume(docker, volume);
  const problem = found && sharedProblem(asking, found, section);
  if (problem) throw new Error(problem);
}

function sameVolumes(olds: Partial<GuardedVolumes> | undefined, news: GuardedVolumes): boolean {
  return olds?.files === news.files && olds.data === news.data;
}

/** Since the preview, the engine may have changed; and what is on a volume is looked at only now. */
async function admit(guarded: GuardedVolumes): Promise<void> {
  const docker = engineClient(guarded.engine);
  const [reason] = await refusals(docker, guarded);
  if (reason !== undefined) throw new Error(reason);
  const found = guarded.data === undefined ? undefined : await findVolume(docker, guarded.data);
  // What has our label we have written ourselves; what a server writes is no copy to be tried.
  if (!found || found.owner !== undefined || found.users.some(({ running }) => running)) return;
  await tryData(docker, { ...guarded, data: found.name });
}

async function refusals(docker: Docker, guarded: GuardedVolumes): Promise<string[]> {
  const { owner, server, files, data, earlier, section } = guarded;
  const asking = { owner, containers: [server, files] };
  const find = async (name: string | undefined) =>
    name === undefined ? undefined : findVolume(docker, name);
  // In a preview that does not know the names yet.
  if (files === runtime.unknownValue || data === runtime.unknownValue) return [];
  const [config, volume] = [await find(files), await find(data)];
  const before = volume || earlier === data ? undefined : await find(earlier);
  const problems = [
    volume && dataProblem(asking, volume),
    before && earlierProblem(asking, data ?? "", before),
  ];
  const reasons = problems.flatMap((problem) => (problem ? [describe(toldProblem(problem, section))] : []));
  return [...reasons, ...[config && filesProblem(asking, config)].flatMap((reason) => reason ?? [])];
}

/** States of a container in which nothing runs, nor will by itself. */
const ENDED = ["created", "exited", "dead", "removing"];

async function findVolume(docker: Docker, name: string): Promise<FoundVolume | undefined> {
  const found = await docker.getVolume(name).inspect().catch(unlessMissing);
  if (!found) return undefined;
  const containers = await docker.listContainers({ all: true, filters: { volume: [name] } });
  const users = containers.flatMap(({ Id, Names, Labels, State, Mounts }) => {
    // The filter goes by folders too.
    const mount = Mounts.find(({ Name }) => Name === name);
    const user = { name: Names[0]?.replace(/^\//, "") ?? Id, owner: ownerIn(Labels) };
    return mount ? [{ ...user, running: !ENDED.includes(State), writes: mount.RW }] : [];
  });
  return { name, owner: ownerIn(found.Labels), users };
}

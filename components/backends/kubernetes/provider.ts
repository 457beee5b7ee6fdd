import type { dynamic } from "@pulumi/pulumi";
import { describe } from "../../redis/problems";
import { type FixedVolume, volumeProblems } from "./volume";

/** What Pulumi's engine calls for a VolumeGuard. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  /** Called on every preview and update with what the state holds: the place to refuse. */
  async check(olds: FixedVolume | undefined, news: FixedVolume): Promise<dynamic.CheckResult> {
    if (olds?.claim === undefined) return { inputs: news };
    const failures = volumeProblems(olds, news).map((problem) => ({
      property: "",
      reason: describe(problem),
    }));
    return { inputs: news, failures };
  },

  async create(inputs: FixedVolume): Promise<dynamic.CreateResult> {
    return { id: inputs.claim, outs: inputs };
  },

  async read(id: string, state: FixedVolume): Promise<dynamic.ReadResult> {
    return { id, props: state };
  },

  async update(_id: string, _olds: unknown, news: FixedVolume): Promise<dynamic.UpdateResult> {
    return { outs: news };
  },
};

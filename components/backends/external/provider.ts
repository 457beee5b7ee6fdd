import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { describe } from "../../redis/problems";
import type { ExternalServerInputs, ExternalServerState } from "./externalServer";
import { judge } from "./judge";
import { observe } from "./observe";

/** What Pulumi's engine calls for an ExternalServer. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  /**
   * Connects, on every `pulumi up`, and fails it before anything is changed. A preview connects to nothing: it
   * may run where the server cannot be reached, and repeats what was last seen.
   */
  async check(
    olds: ExternalServerState | undefined,
    news: ExternalServerInputs,
  ): Promise<dynamic.CheckResult> {
    const { preview, ...inputs } = news;
    if (preview) return { inputs: { ...inputs, ...(olds?.observed && { observed: olds.observed }) } };
    const found = await observe(inputs);
    if (typeof found === "string") return { inputs, failures: [{ property: "", reason: found }] };
    const failures = judge(inputs.role, found).map((problem) => ({
      property: "",
      reason: describe(problem),
    }));
    return { inputs: { ...inputs, observed: found }, failures };
  },

  async diff(_id: string, olds: ExternalServerState, news: ExternalServerState): Promise<dynamic.DiffResult> {
    const { __provider: _, ...before } = olds as ExternalServerState & { __provider?: string };
    const { __provider: __, ...after } = news as ExternalServerState & { __provider?: string };
    return { changes: !isDeepStrictEqual(before, after) };
  },

  async create(inputs: ExternalServerState): Promise<dynamic.CreateResult> {
    return { id: `${inputs.host}:${inputs.port}`, outs: inputs };
  },

  async read(id: string, state: ExternalServerState): Promise<dynamic.ReadResult> {
    return { id, props: state };
  },

  async update(
    _id: string,
    _olds: ExternalServerState,
    news: ExternalServerState,
  ): Promise<dynamic.UpdateResult> {
    return { outs: news };
  },
};

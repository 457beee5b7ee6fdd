import type { dynamic } from "@pulumi/pulumi";
import { describe } from "../../redis/problems";
import { ignoredUpgrades, replacements } from "./replacement";
import type { ReplacementGuardInputs } from "./replacementGuard";

/** What Pulumi's engine sends for a value that is not known yet (sdk/nodejs/runtime/rpc.ts, unknownValue). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What Pulumi's engine calls for a ReplacementGuard. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  /** Called on every preview and update with what the state holds: the place to refuse. */
  async check(
    olds: ReplacementGuardInputs | undefined,
    news: ReplacementGuardInputs,
  ): Promise<dynamic.CheckResult> {
    if (olds?.groupId === undefined) return { inputs: news };
    const known = Object.entries(news).filter(([, value]) => value !== UNKNOWN);
    const wanted: ReplacementGuardInputs = { ...olds, ...Object.fromEntries(known) };
    const problems = [
      ...(news.enforced ? replacements(olds, wanted) : []),
      ...(news.minorUpgrades ? ignoredUpgrades(news.role, olds, wanted) : []),
    ];
    const failures = problems.map((problem) => ({ property: "", reason: describe(problem) }));
    return { inputs: news, failures };
  },

  async create(inputs: ReplacementGuardInputs): Promise<dynamic.CreateResult> {
    return { id: inputs.groupId, outs: inputs };
  },

  async read(id: string, state: ReplacementGuardInputs): Promise<dynamic.ReadResult> {
    return { id, props: state };
  },

  async update(_id: string, _olds: unknown, news: ReplacementGuardInputs): Promise<dynamic.UpdateResult> {
    return { outs: news };
  },
};

import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { keeping, refusals } from "../guarding";
import { minorOf } from "./engines";
import type { FixedSettings } from "./replacement";
import { ignoredUpgrades, replacements, strandedGroup } from "./replacement";
import type { ReplacementGuardInputs } from "./replacementGuard";
import { lockoutProblems } from "./token";

/** What Pulumi's engine sends for a value that is not known yet (sdk/nodejs/runtime/rpc.ts, unknownValue). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What Pulumi's engine calls for a ReplacementGuard. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  ...keeping<ReplacementGuardInputs>(({ groupId }) => groupId),

  /** Called on every preview and update with what the state holds: the place to refuse. */
  async check(
    olds: ReplacementGuardInputs | undefined,
    news: ReplacementGuardInputs,
  ): Promise<dynamic.CheckResult> {
    const { section, ...inputs } = news;
    // Without an ARN it was written by a version that remembered what was wanted.
    if (olds?.groupArn === undefined) return { inputs };
    const known = Object.entries(inputs).filter(([, value]) => value !== UNKNOWN);
    const wanted: ReplacementGuardInputs = { ...olds, ...Object.fromEntries(known) };
    const exists = { ...olds, version: minorOf(olds.actualVersion) };
    const problems = [
      ...(wanted.enforced ? replacements(exists, effective(exists, wanted)) : []),
      ...strandedGroup(wanted.role, exists, wanted),
      ...lockoutProblems(wanted.role, exists, wanted),
      ...(wanted.minorUpgrades ? ignoredUpgrades(wanted.role, exists, wanted) : []),
    ];
    return { inputs, failures: refusals(problems, section) };
  },

  /**
   * Pulumi asks here too, with an unknown ARN, whether the guard goes with a group that is about to be deleted for
   * another one. It does where the group may go: should the new one fail, nothing is there to be remembered. Where it
   * may not, the guard stays and speaks.
   */
  async diff(
    _id: string,
    olds: ReplacementGuardInputs,
    news: ReplacementGuardInputs,
  ): Promise<dynamic.DiffResult> {
    const changes = Object.entries(news).some(
      ([name, value]) => !isDeepStrictEqual(olds[name as keyof ReplacementGuardInputs], value),
    );
    const leaves = news.groupArn === UNKNOWN && !olds.enforced;
    return { changes, replaces: leaves ? ["groupArn"] : [], deleteBeforeReplace: true };
  },
};

/** What the group would get: its engine and version are AWS's while it chooses the minor version. */
function effective(exists: FixedSettings, wanted: ReplacementGuardInputs): FixedSettings {
  if (!wanted.minorUpgrades) return wanted;
  return { ...wanted, engine: exists.engine, version: exists.version };
}

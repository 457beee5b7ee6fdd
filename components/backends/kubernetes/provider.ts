import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type { Problem } from "../../redis/problems";
import { describe, toldProblem } from "../../redis/problems";
import { keeping, refusals } from "../guarding";
import { openApi } from "./cluster";
import type { ClusterGuardInputs, ClusterGuardState } from "./clusterGuard";
import { inspect } from "./inspect";
import type { RehearsalInputs } from "./rehearsal";
import { rehearse } from "./rehearse";
import type { RenderedInputs, RenderedState } from "./rendered";
import { renderedState } from "./rendered";
import { accessOf } from "./target";

/** What Pulumi's engine calls for a ClusterGuard. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  ...keeping<ClusterGuardState>(({ cluster }) => cluster),

  /**
   * Called on every preview and update with what the state holds: the place to refuse. What it found replaces what it
   * was given, so the state keeps no path of one person's kubeconfig.
   */
  async check(
    olds: Partial<ClusterGuardState> | undefined,
    news: ClusterGuardInputs,
  ): Promise<dynamic.CheckResult> {
    try {
      const found = accessOf(news.target);
      if ("problem" in found) return { inputs: news, failures: refusals([found.problem], news.section) };
      const { context } = found.access;
      const { problems, state } = await inspect(await openApi(found.access), context, news, olds);
      const current = news.target.useCurrentContext ? { context } : {};
      return { inputs: { ...state, ...current }, failures: refusals(problems, news.section) };
    } catch (error) {
      return { inputs: news, failures: refusals([refusal(error as Error)], news.section) };
    }
  },
};

/** What Pulumi's engine calls for a Rehearsal. */
export const rehearsal = {
  async diff(_id: string, olds: RehearsalInputs, news: RehearsalInputs): Promise<dynamic.DiffResult> {
    return { changes: !isDeepStrictEqual(olds.pod, news.pod) };
  },

  async create(inputs: RehearsalInputs): Promise<dynamic.CreateResult> {
    await passed(inputs);
    return { id: inputs.pod.metadata.name, outs: inputs };
  },

  async update(_id: string, _olds: unknown, news: RehearsalInputs): Promise<dynamic.UpdateResult> {
    await passed(news);
    return { outs: news };
  },
};

/** What Pulumi's engine calls for a Rendered. */
export const rendered = {
  ...keeping<RenderedState>(() => "rendered"),

  async check(olds: Partial<RenderedState> | undefined, news: RenderedInputs): Promise<dynamic.CheckResult> {
    return { inputs: renderedState(olds, news) };
  },
};

async function passed(inputs: RehearsalInputs): Promise<void> {
  const problem = await rehearse(await openApi(inputs.access), inputs);
  if (problem) throw new Error(describe(toldProblem(problem, inputs.section)));
}

function refusal({ message }: Error): Problem {
  return {
    key: "context",
    was: message,
    allowed: "a cluster that answers, and lets you read what the stack is about to change",
    fix: 'Try `kubectl --context` with this name; the rights that are needed are in docs/operations.md, "Kubernetes: before an up".',
  };
}

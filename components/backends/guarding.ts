import type { dynamic } from "@pulumi/pulumi";
import type { Problem } from "../redis/problems";
import { describe, toldProblem } from "../redis/problems";

/** The provider of a resource that makes nothing, beside its `check`: what that lets through is kept in the state. */
export function keeping<State extends object>(idOf: (state: State) => string) {
  return {
    async create(inputs: State): Promise<dynamic.CreateResult> {
      return { id: idOf(inputs), outs: inputs };
    },

    async read(id: string, state: State): Promise<dynamic.ReadResult> {
      return { id, props: state };
    },

    async update(_id: string, _olds: State, news: State): Promise<dynamic.UpdateResult> {
      return { outs: news };
    },
  };
}

/** What makes a `check` refuse, in the preview already. `section`: the stack file's, for messages. */
export function refusals(problems: readonly Problem[], section: string | undefined): dynamic.CheckFailure[] {
  return problems.map((problem) => ({ property: "", reason: describe(toldProblem(problem, section)) }));
}

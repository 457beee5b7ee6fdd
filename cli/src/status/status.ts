import { expectationsOf } from "../checks/expectations";
import type { StackOutputs } from "../outputs";
import type { Observation } from "./observe";
import type { Promised } from "./problems";
import { problem, problemsOf, sorted } from "./problems";
import type { Problem, RoleStatus, StatusReport } from "./report";
import { sampleSeconds, serverStatus } from "./server";

/** The report of what was seen. `command` makes a whole command line of what follows the program's name. Pure. */
export function statusReport(
  outputs: StackOutputs,
  seen: readonly Observation[],
  at: Date,
  command: (text: string) => string,
): StatusReport {
  const judged = seen.map((observation) => judge(outputs, observation));
  const problems = sorted(judged.flatMap((one) => one.problems)).map((one) => ({
    ...one,
    command: command(one.command),
  }));
  const spans = seen.flatMap(({ facts }) => (facts ? [sampleSeconds(facts)] : []));
  return {
    ok: problems.every(({ severity }) => severity === "note"),
    backend: outputs.backend,
    at: at.toISOString(),
    sampleSeconds: Number(Math.max(0, ...spans).toFixed(1)),
    problems,
    roles: judged.map(({ status }) => status),
  };
}

function judge(outputs: StackOutputs, seen: Observation): { status: RoleStatus; problems: Problem[] } {
  const { role, address, facts, found, failure } = seen;
  const base = { role, address, queues: found.queues, allQueues: found.complete };
  if (!facts) {
    const kind = failure?.refused ? "loginRefused" : "down";
    const text = failure?.refused
      ? `It refuses the stack's user: ${failure.text}`
      : `It does not answer: ${failure?.text}`;
    return { status: base, problems: [problem(role, kind, text)] };
  }
  const server = serverStatus(role, facts);
  const problems = problemsOf(
    role,
    server,
    found.queues,
    outputs.alerts ?? {},
    promised(outputs, role),
    facts.time,
  );
  return { status: { ...base, server }, problems };
}

function promised(outputs: StackOutputs, role: Observation["role"]): Promised {
  const guarantees = outputs.guarantees[role];
  return {
    aof: guarantees !== undefined && expectationsOf(role, guarantees).persistence === "yes",
    prefix: outputs.bullmq?.prefix ?? "bull",
  };
}

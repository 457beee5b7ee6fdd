import type { Role } from "redis-topology/redis";
import { messageOf } from "../errors";
import type { StackOutputs } from "../outputs";
import { isReply } from "../redisClient";
import type { Observation } from "../status/observe";
import { NO_QUEUES, readRest, takeSample } from "../status/observe";
import type { StatusReport } from "../status/report";
import type { Sample } from "../status/server";
import { statusReport } from "../status/status";
import type { Board } from "./board";
import type { Link } from "./link";

/** A role that is looked at. */
export interface Watched {
  readonly role: Role;
  /** Where the outputs have it; a tunnel does not change it. */
  readonly address: string;
  readonly link: Link;
  /** Of a queue. */
  readonly board?: Board;
}

/** A role as `status` sees it, over a connection that stays: a look waits for nothing, and looks for no queues. */
export class Watch {
  private last?: { readonly first: Sample; readonly end: Sample };
  private looking?: Promise<Observation>;

  constructor(private readonly watched: Watched) {}

  /** Looks; several pages that ask at once share a look. */
  observe(): Promise<Observation> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async look(): Promise<Observation> {
    const { role, address, link, board } = this.watched;
    const base = { role, address, found: board?.found() ?? NO_QUEUES };
    try {
      const {
        first: now,
        rest,
        end,
      } = await link.ask(async (server, signal) => ({
        first: await takeSample(server, signal),
        rest: await readRest(server, signal),
        end: await takeSample(server, signal),
      }));
      const { first: before, end: near } = this.last ?? { first: now, end: now };
      this.last = { first: now, end };
      return { ...base, facts: { before, near, now, ...rest } };
    } catch (error) {
      this.last = undefined;
      return { ...base, failure: { refused: isReply(error), text: messageOf(error) } };
    }
  }
}

/** What the page is told: what `status` says, and of a server that is away, that the page goes on asking. Pure. */
export function pageState(
  outputs: StackOutputs,
  seen: readonly Observation[],
  at: Date,
  command: (text: string) => string,
): StatusReport {
  const report = statusReport(outputs, seen, at, command);
  const cause = (role: string) => seen.find((one) => one.role === role)?.failure?.text;
  return {
    ...report,
    problems: report.problems.map((problem) =>
      problem.kind === "down"
        ? { ...problem, text: `no answer (${cause(problem.role)}). Trying again.` }
        : problem,
    ),
  };
}

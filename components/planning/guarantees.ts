import type { Event, Guarantees, Outcome, RoleGuarantees } from "../redis/guarantees";
import { EVENTS, lost } from "../redis/guarantees";
import { ROLES } from "../redis/roles";
import type { Problem } from "./problems";
import type { Sentence } from "./sentence";
import { joined, say, told } from "./sentence";

/** What a backend declares: its sentences may name settings of its own. */
export type PlannedOutcome = Outcome<Sentence>;

export type PlannedGuarantees = RoleGuarantees<Sentence>;

/** The guarantees for a reader who finds the backend's own settings in `section`, or as args. */
export function toldGuarantees(guarantees: Guarantees<Sentence>, section: string | undefined): Guarantees {
  const roles = ROLES.flatMap((role) => {
    const planned = guarantees[role];
    if (planned === undefined) return [];
    const outcomes = EVENTS.map((event) => [
      event,
      { ...planned[event], detail: told(planned[event].detail, section) },
    ]);
    return [[role, Object.fromEntries(outcomes)]];
  });
  return Object.fromEntries(roles);
}

/** A cache persists nothing, on every backend. */
export const CACHE_GUARANTEES: RoleGuarantees = {
  processCrash: lost("A cache persists nothing."),
  redeploy: lost("A cache persists nothing; settings that Redis can change live leave it warm."),
  hostCrash: lost("A cache persists nothing."),
  hostLoss: lost("A cache persists nothing."),
  zoneLoss: lost("A cache persists nothing."),
  destroy: lost("A cache persists nothing."),
};

/** Ordinary events that a queue must live through. A lost machine or zone is not one: that depends on what was bought. */
const QUEUE_MUST_SURVIVE: readonly Event[] = ["processCrash", "redeploy", "hostCrash"];

/** Refuses a queue whose backend loses jobs in ordinary events, unless the user has accepted that in writing. */
export function lossProblems(guarantees: Guarantees<Sentence>, acceptDataLoss: boolean): Problem[] {
  const { queue } = guarantees;
  if (!queue || acceptDataLoss) return [];
  const losses = QUEUE_MUST_SURVIVE.filter((event) => !queue[event].kept);
  if (losses.length === 0) return [];
  return [
    {
      key: "queue.acceptDataLoss",
      was: say`this backend loses the queue (${joined(
        losses.map((event) => say`${event}: ${queue[event].detail}`),
        " ",
      )})`,
      allowed: "true, or a backend that keeps the queue",
      fix: "Choose another backend or setting for the queue, or accept the loss with `queue.acceptDataLoss: true`.",
    },
  ];
}

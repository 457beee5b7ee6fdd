import type { Problem } from "./problems";
import type { Role } from "./roles";
import { ROLES } from "./roles";
import type { Sentence } from "./sentence";
import { joined, say, told } from "./sentence";

/** What happens to a role's data when something happens to its server. `Text`: a plan's sentences name settings. */
export interface Outcome<Text = string> {
  /** Whether the data is there afterwards. */
  readonly kept: boolean;
  /** Seconds of acknowledged writes that may be missing even so; 0 = none. Meaningless when nothing is kept. */
  readonly lossSeconds: number;
  /** Why, in one sentence. */
  readonly detail: Text;
  /** True where somebody else runs the server, so that `kept` is their promise and not ours. */
  readonly elsewhere?: boolean;
  /** True where the service keeps it by a log of its own, so that Redis needs no AOF or RDB file for it. */
  readonly ownLog?: boolean;
  /** What shows it: a test of this repository as `file: title`, or the source that says so. Absent = nothing is known. */
  readonly proof?: string;
}

/** The events that a guarantee speaks of, in the order they are printed. */
export const EVENTS = ["processCrash", "redeploy", "hostCrash", "hostLoss", "zoneLoss", "destroy"] as const;
export type Event = (typeof EVENTS)[number];

/** What one role's data survives. Declared by its backend; the live tests hold it against real engines. */
export interface RoleGuarantees<Text = string> {
  /** The Redis process dies at once (kill -9, out of memory, a crash) and is started again. */
  readonly processCrash: Outcome<Text>;
  /** A changed setting is deployed, with a restart where one is needed. */
  readonly redeploy: Outcome<Text>;
  /** The machine stops at once (power, kernel) and comes back with its disk. */
  readonly hostCrash: Outcome<Text>;
  /** The machine never comes back. */
  readonly hostLoss: Outcome<Text>;
  /** The availability zone or data centre is gone. */
  readonly zoneLoss: Outcome<Text>;
  /** `pulumi destroy`. */
  readonly destroy: Outcome<Text>;
}

/** The guarantees of a topology; a role that is absent has none. */
export interface Guarantees<Text = string> {
  readonly cache?: RoleGuarantees<Text>;
  readonly queue?: RoleGuarantees<Text>;
}

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

/**
 * Seconds that `appendfsync everysec` can lose when the host dies: Redis fsyncs once a second in a thread, and
 * blocks writes only when that thread is more than two seconds behind (redis.io, "Persistence"; aof.c).
 */
export const EVERYSEC_LOSS_SECONDS = 2;

/**
 * Why a crash of the process alone loses nothing with `appendfsync everysec`, and the exception: while an fsync is
 * under way, Redis puts off the write but answers (aof.c, flushAppendOnlyFile). For that the disk must be slow and
 * the crash fall into that very moment, so it is named here and not counted as seconds.
 */
export const AOF_SURVIVES_CRASH = `Redis hands every write to the kernel before it answers; only what came in while a slow disk held up an fsync, ${EVERYSEC_LOSS_SECONDS} seconds at the most, can be missing.`;

export const kept = <Text extends Sentence = string>(detail: Text, lossSeconds = 0): Outcome<Text> => ({
  kept: true,
  lossSeconds,
  detail,
});
export const lost = <Text extends Sentence>(detail: Text): Outcome<Text> => ({
  kept: false,
  lossSeconds: 0,
  detail,
});
export const keptInOwnLog = <Text extends Sentence>(detail: Text): Outcome<Text> => ({
  ...kept(detail),
  ownLog: true,
});
export const elsewhere = <Text extends Sentence>(detail: Text): Outcome<Text> => ({
  ...kept(detail),
  elsewhere: true,
});

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

/** The events as a reader calls them. */
export const EVENT_TITLES: Readonly<Record<Event, string>> = {
  processCrash: "Redis crashes",
  redeploy: "redeploy",
  hostCrash: "host reboots",
  hostLoss: "host is lost",
  zoneLoss: "zone is lost",
  destroy: "destroy",
};

/** The guarantees as a table for a terminal: an event a line, a role a column. */
export function guaranteeTable(guarantees: Guarantees): string {
  const roles = ROLES.filter((role) => guarantees[role]);
  const rows = EVENTS.map((event) => [
    EVENT_TITLES[event],
    ...roles.map((role) => cell(guarantees, role, event)),
  ]);
  const table = [["", ...roles], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cell(guarantees: Guarantees, role: Role, event: Event): string {
  return outcomeText(guarantees[role]?.[event]);
}

/** An outcome in a word or two. */
export function outcomeText(outcome: Outcome | undefined): string {
  if (outcome?.elsewhere) return "up to its provider";
  if (!outcome?.kept) return "lost";
  return outcome.lossSeconds === 0 ? "kept" : `kept, last ${outcome.lossSeconds} s at stake`;
}

import type { Problem } from "../../planning/problems";
import { shownAs } from "../../redis/shown";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
/** Least length of both windows, in minutes (ElastiCache API, CreateReplicationGroup). */
const LEAST_MINUTES = 60;

/** Either kind of window as far as its form goes. */
const WINDOW = new RegExp(
  `^(?:(?:${DAYS.join("|")}):)?\\d{1,2}:\\d{2}-(?:(?:${DAYS.join("|")}):)?\\d{1,2}:\\d{2}$`,
);

interface Span {
  readonly start: number;
  readonly length: number;
}

/** Problems of a weekly `ddd:hh:mm-ddd:hh:mm` and of daily `hh:mm-hh:mm` windows, by key; they may not overlap. */
export function windowProblems(maintenance: string, snapshots: Readonly<Record<string, string>>): Problem[] {
  const weekly = weeklySpan(maintenance);
  const problems: Problem[] = [];
  if (!weekly || weekly.length < LEAST_MINUTES) {
    problems.push({
      key: "maintenanceWindow",
      was: shownAs(WINDOW, maintenance),
      allowed: `ddd:hh:mm-ddd:hh:mm in UTC, at least ${LEAST_MINUTES} minutes, such as sun:04:00-sun:05:00`,
      fix: "Correct the window.",
    });
  }
  for (const [key, text] of Object.entries(snapshots)) {
    const daily = dailySpan(text);
    if (!daily || daily.length < LEAST_MINUTES) {
      problems.push({
        key,
        was: shownAs(WINDOW, text),
        allowed: `hh:mm-hh:mm in UTC, at least ${LEAST_MINUTES} minutes, such as 02:00-03:00`,
        fix: "Correct the window.",
      });
    } else if (weekly && overlap(weekly, daily)) {
      problems.push({
        key,
        was: shownAs(WINDOW, text),
        allowed: `a window apart from the maintenance window ${maintenance}`,
        fix: "Move one of the two.",
      });
    }
  }
  return problems;
}

function dailySpan(text: string): Span | undefined {
  const [, from, to] = /^([\d:]{5})-([\d:]{5})$/.exec(text) ?? [];
  return span(minuteOf(from), minuteOf(to), DAY);
}

function weeklySpan(text: string): Span | undefined {
  const [, day, from, endDay, to] = /^([a-z]{3}):([\d:]{5})-([a-z]{3}):([\d:]{5})$/.exec(text) ?? [];
  const minute = (name: string | undefined, clock: string | undefined) => {
    const [index, minutes] = [DAYS.indexOf(name ?? ""), minuteOf(clock)];
    return index < 0 || minutes === undefined ? undefined : index * DAY + minutes;
  };
  return span(minute(day, from), minute(endDay, to), 7 * DAY);
}

function span(from: number | undefined, to: number | undefined, cycle: number): Span | undefined {
  if (from === undefined || to === undefined) return undefined;
  return { start: from, length: (to - from + cycle) % cycle };
}

function minuteOf(clock = ""): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Whether a daily span meets a weekly one on any day. */
function overlap(weekly: Span, daily: Span): boolean {
  const week = 7 * DAY;
  return DAYS.some((_, day) => {
    const start = day * DAY + daily.start;
    const after = (from: number, to: number) => (to - from + week) % week;
    return after(weekly.start, start) < weekly.length || after(start, weekly.start) < daily.length;
  });
}

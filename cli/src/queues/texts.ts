import { formatDuration } from "../duration";
import { counted, oneLine, textTable } from "../textTable";
import { STATES } from "./keys";
import type { Results } from "./results";
import type { Outcome } from "./retry";

/** A moment in UTC to the second, as logs write it. */
export function moment(at: number | undefined): string | undefined {
  return at === undefined || at <= 0 ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function stats(result: Results["stats"]): string {
  const { name, prefix, version, library, counts, paused, workers, oldestWaitingMs, lastHour } = result;
  const kept = "as far as finished jobs are kept";
  return [
    `${name} (prefix ${prefix}, ${library === "bull" ? "a queue of Bull, not of BullMQ" : (version ?? "BullMQ")})${paused ? ": PAUSED" : ""}`,
    ...STATES.map((state) => `  ${state.padEnd(18)}${counts[state]}`),
    `  ${"next in line for".padEnd(18)}${oldestWaitingMs === undefined ? "–" : formatDuration(oldestWaitingMs)}`,
    `  ${"workers".padEnd(18)}${workers ?? "unknown: CLIENT LIST is refused"}`,
    `  ${"schedulers".padEnd(18)}${result.schedulers}`,
    `  ${"last hour".padEnd(18)}${lastHour.completed} completed, ${lastHour.failed} failed (${kept})`,
    "",
  ].join("\n");
}

export function jobs({ jobs, looked }: Results["jobs"]): string {
  const rows = jobs.map(({ id, name, state, added, finished, attempts, error, data }) => [
    id,
    name,
    state,
    moment(finished ?? added),
    attempts,
    oneLine(error ?? data, 80),
  ]);
  const head = ["job", "name", "state", "ended or added", "attempts", "error, or data"];
  return `${jobs.length > 0 ? textTable(head, rows) : "No job fits.\n"}${howFar(looked)}\n`;
}

function howFar(looked: Results["jobs"]["looked"]): string {
  const parts = looked.filter(({ of }) => of > 0).map((one) => `${one.looked} of ${one.of} ${one.state}`);
  const short = looked.some((one) => one.looked < one.of);
  return parts.length === 0
    ? "No jobs to look at."
    : `Looked at ${parts.join(", ")}.${short ? " --scan and --limit look further." : ""}`;
}

export function job(result: Results["job"]): string {
  const json = (value: unknown) => JSON.stringify(value, undefined, 2) ?? "–";
  const lines = [
    `job ${result.id}: ${result.name}`,
    `  ${result.stands}`,
    `  added ${moment(result.added)}, taken ${moment(result.processed) ?? "never"}, ended ${moment(result.finished) ?? "not yet"}; attempts ${result.attempts}`,
    ...(result.parent === undefined ? [] : [`  parent: ${result.parent}`]),
    ...(result.children === undefined ? [] : [`  children: ${json(result.children)}`]),
    `data: ${json(result.data)}`,
    `options: ${json(result.options)}`,
    `progress: ${json(result.progress)}`,
    ...(result.result === undefined ? [] : [`result: ${json(result.result)}`]),
    ...(result.error === undefined ? [] : [`error: ${result.error}`]),
    ...result.stack.map((trace) => `stack: ${trace}`),
    `logs (${result.logs.length} of ${result.logCount}):`,
    ...result.logs.map((line) => `  ${line}`),
  ];
  return `${lines.map((line) => line.replace(/[^\P{Cc}\n\t]|\p{Cf}/gu, " ")).join("\n")}\n`;
}

export function failures({ jobs, groups }: Results["failures"], age: (ms: number) => string): string {
  if (jobs === 0) return "No failed job.\n";
  const now = Date.now();
  const rows = groups.map(({ id, error, count, first, last, sample }) => [
    id,
    count,
    `${age(Math.max(0, now - first))} ago`,
    `${age(Math.max(0, now - last))} ago`,
    sample.job,
    oneLine(error, 100),
  ]);
  const head = ["id", "jobs", "first", "last", "for example", "error"];
  return `${textTable(head, rows)}${counted(jobs, "failed job")}, ${counted(groups.length, "kind")} of error. \`retry --error ID\` runs one kind again.\n`;
}

export function schedulers({ schedulers }: Results["schedulers"]): string {
  if (schedulers.length === 0) return "No scheduler.\n";
  const rows = schedulers.map(({ id, name, repeats, next, timezone, runs, legacy }) => [
    id,
    name,
    repeats,
    timezone,
    moment(next),
    runs,
    legacy ? "repeatable job of BullMQ 5: BullMQ 6 does not run it" : "",
  ]);
  return textTable(["scheduler", "job", "repeats", "timezone", "next", "runs", ""], rows);
}

/** `12 jobs retried, 3 skipped (2: the job is gone; 1: …).` */
export function outcome({ done, skipped, reasons }: Outcome, verb: string, dryRun: boolean): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${count}: ${reason}`);
  const left = skipped > 0 ? `, ${skipped} skipped (${parts.join("; ")})` : "";
  return `${counted(done, "job")} ${dryRun ? `would be ${verb}` : verb}${left}.\n`;
}

export function test({ steps }: Results["test"]): string {
  const rows = steps.map(({ step, ok, found, ms }) => [step, ok ? "pass" : "FAIL", found, `${ms} ms`]);
  return textTable(["step", "result", "found", "time"], rows);
}

/** `2 jobs that a parent waits for…`, for the question before they are removed. */
export function ties(ties: Readonly<Record<string, number>>): string {
  const parts = Object.entries(ties).map(([tie, count]) => `${count}: ${tie}`);
  if (parts.length === 0) return "";
  return ` (part of flows that are not over: ${parts.join("; ")}. BullMQ starts a parent whose last child is removed, or removes it where it is in the same queue; children without a parent run on)`;
}

import { createHash } from "node:crypto";

/** Failed jobs with the same error, whatever ids and numbers it names. */
export interface ErrorGroup {
  /** Short and stable, for `retry --error`. */
  readonly id: string;
  /** The error, with `#` for each id or number. */
  readonly error: string;
  count: number;
  /** Milliseconds since 1970. */
  first: number;
  last: number;
  /** The job that failed last, and its error in full. */
  sample: { job: string; error: string };
}

/** Groups kept apart at most; what comes after them is counted together, so that memory stays flat. */
const MAX_GROUPS = 500;
const MAX_ERROR = 300;
const SAMPLE = 2000;
/** The group of what was too varied to be kept apart. */
const OTHERS = "(errors beyond the first 500 kinds)";

const NORMALISERS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "#"],
  [/\b(?=[0-9a-z_-]*\d)[0-9a-z_-]{20,}\b/gi, "#"],
  [/\b0x[0-9a-f]+\b/gi, "#"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "#"],
  [/\d+(?:[.,:-]\d+)*/g, "#"],
];

/** An error's first line, with `#` for each id, address or number in it. */
export function normaliseError(error: string): string {
  const [line = ""] = error.slice(0, SAMPLE).trimStart().split("\n");
  const plain = NORMALISERS.reduce((text, [pattern, by]) => text.replace(pattern, by), line.slice(0, 1000));
  return plain.trim().slice(0, MAX_ERROR) || "(no error given)";
}

/** The short name of a group: the same error has the same on every day. */
export function groupId(normalised: string): string {
  return createHash("sha256").update(normalised).digest("hex").slice(0, 8);
}

/** Collects failed jobs into groups. */
export class ErrorGroups {
  private readonly groups = new Map<string, ErrorGroup>();
  /** Jobs that failed one after the other often failed of the same. */
  private readonly recent = new Map<string, string>();

  add(job: string, error: string, at: number): void {
    const group = this.groupOf(this.normalise(error), at);
    group.count++;
    group.first = Math.min(group.first, at);
    if (at >= group.last) {
      group.last = at;
      group.sample = { job, error: error.slice(0, SAMPLE) };
    }
  }

  /** Those with most jobs first. */
  list(): ErrorGroup[] {
    return [...this.groups.values()].sort((a, b) => b.count - a.count || b.last - a.last);
  }

  private groupOf(normalised: string, at: number): ErrorGroup {
    const error = this.groups.has(normalised) || this.groups.size < MAX_GROUPS ? normalised : OTHERS;
    let group = this.groups.get(error);
    if (!group) {
      group = { id: groupId(error), error, count: 0, first: at, last: 0, sample: { job: "", error: "" } };
      this.groups.set(error, group);
    }
    return group;
  }

  private normalise(error: string): string {
    const known = this.recent.get(error);
    if (known !== undefined) return known;
    const normalised = normaliseError(error);
    if (this.recent.size >= 1000) this.recent.clear();
    if (error.length <= SAMPLE) this.recent.set(error, normalised);
    return normalised;
  }
}

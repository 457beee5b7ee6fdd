/** A queue on a server. */
export interface QueueId {
  readonly prefix: string;
  /** Without a colon: BullMQ allows none. */
  readonly name: string;
}

/** The states that a job can be in, in the order of its life. */
export const STATES = [
  "waiting",
  "prioritized",
  "delayed",
  "waiting-children",
  "active",
  "completed",
  "failed",
] as const;
export type State = (typeof STATES)[number];

/**
 * The keys that hold the ids of a state, as BullMQ 5 and 6 name them. BullMQ 5 moves the waiting jobs of a paused queue
 * to a list of their own; BullMQ 6 leaves them where they are.
 */
export const STATE_KEYS: Readonly<Record<State, readonly StateKey[]>> = {
  waiting: [
    { part: "wait", type: "list" },
    { part: "paused", type: "list" },
  ],
  prioritized: [{ part: "prioritized", type: "zset" }],
  delayed: [{ part: "delayed", type: "zset" }],
  "waiting-children": [{ part: "waiting-children", type: "zset" }],
  active: [{ part: "active", type: "list" }],
  completed: [{ part: "completed", type: "zset" }],
  failed: [{ part: "failed", type: "zset" }],
};

interface StateKey {
  readonly part: string;
  readonly type: "list" | "zset";
}

/** Keys of a queue that are no job's, beside those of the states. */
const QUEUE_PARTS = new Set([
  "",
  "id",
  "meta",
  "events",
  "stalled",
  "stalled-check",
  "limiter",
  "marker",
  "pc",
  "repeat",
  "delay",
  "priority",
  "meta-paused",
  "metrics",
  "de",
  "dn",
]);
/** Keys beside a job's hash, with its id before them. */
const JOB_PARTS = new Set(["lock", "logs", "dependencies", "processed", "failed", "unsuccessful"]);

/** What a key of a queue holds. */
export type KeyPart =
  | { readonly kind: "state"; readonly state: State }
  | { readonly kind: "job"; readonly id: string; readonly part?: string }
  | { readonly kind: "queue"; readonly part: string };

/** The key of a queue's part or job. */
export function keyOf({ prefix, name }: QueueId, part: string): string {
  return `${prefix}:${name}:${part}`;
}

/** What the rest of a key says, after `PREFIX:NAME:`. */
export function readPart(rest: string): KeyPart {
  const state = STATES.find((one) => STATE_KEYS[one].some(({ part }) => part === rest));
  if (state) return { kind: "state", state };
  const [first = ""] = rest.split(":");
  // `repeat:ID:MILLIS` is the id of a scheduler's next job; `repeat:ID` is the scheduler.
  if (first === "repeat" && /^repeat:.+:\d{12,}(:[a-z-]+)?$/.test(rest)) return jobPart(rest);
  if (QUEUE_PARTS.has(first)) return { kind: "queue", part: first };
  return jobPart(rest);
}

function jobPart(rest: string): KeyPart {
  const at = rest.lastIndexOf(":");
  const part = rest.slice(at + 1);
  if (at > 0 && JOB_PARTS.has(part)) return { kind: "job", id: rest.slice(0, at), part };
  return { kind: "job", id: rest };
}

/** The queue that a key ending with `:PART` belongs to; undefined when it can be none's. */
export function queueOfKey(key: string, part: string): QueueId | undefined {
  if (!key.endsWith(`:${part}`)) return undefined;
  const qualified = key.slice(0, -part.length - 1);
  const at = qualified.lastIndexOf(":");
  if (at <= 0 || at === qualified.length - 1) return undefined;
  return { prefix: qualified.slice(0, at), name: qualified.slice(at + 1) };
}

/** How BullMQ names the connections of a queue: `PREFIX:BASE64`, and a worker's with `:w:NAME` after it. */
export function clientNameOf({ prefix, name }: QueueId): string {
  return `${prefix}:${Buffer.from(name).toString("base64")}`;
}

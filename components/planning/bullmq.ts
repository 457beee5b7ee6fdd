import type { BullmqArgs } from "../redis/bullmq";
import { LOCK_DURATION_MS } from "../redis/bullmq";
import { shapeOf, shown, shownNumber } from "../redis/shown";
import type { Problem } from "./problems";

/** What a Node timer holds; with more it fires at once, and a worker asks Redis hundreds of times a second (Node, "setTimeout"). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Least time of a lock. BullMQ renews at half of it, and only by timer: a pause of the worker (garbage collection, a
 * synchronous loop, a slow answer) of the other half loses the lock, and the job runs twice.
 */
const LEAST_LOCK_MS = 1000;

const TIMES = [
  "backoffDelay",
  "lockDuration",
  "lockRenewTime",
  "stalledInterval",
  "producerCommandTimeout",
] as const;

/** Overrides that BullMQ or Node cannot take, or that contradict each other. */
export function bullmqProblems(args: BullmqArgs = {}): Problem[] {
  // A caller from JavaScript may give anything.
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    const allowed = "an object of BullMQ options, or nothing";
    return [{ key: "queue.bullmq", was: shapeOf(args), allowed, fix: "Correct the value." }];
  }
  return [...keepProblems(args), ...timerProblems(args), ...lockProblems(args), ...prefixProblems(args)];
}

const FINISHED = ["Completed", "Failed"] as const;

function keepProblems(args: BullmqArgs): Problem[] {
  return FINISHED.flatMap((state): Problem[] => {
    const limits = ([`keep${state}Count`, `keep${state}Age`] as const).filter(
      (key) => args[key] !== undefined,
    );
    if (!args[`keep${state}Forever`] || limits.length === 0) return [];
    return [
      {
        key: `queue.bullmq.keep${state}Forever`,
        was: `true beside ${limits.map((limit) => `\`queue.bullmq.${limit}\``).join(" and ")}`,
        allowed: "true alone, or limits",
        fix: "Remove one of the two.",
      },
    ];
  });
}

function timerProblems(args: BullmqArgs): Problem[] {
  return TIMES.flatMap((key): Problem[] => {
    const value = args[key];
    if (value === undefined || (typeof value === "number" && value <= LONGEST_TIMER_MS)) return [];
    return [
      {
        key: `queue.bullmq.${key}`,
        was: shownNumber(value),
        allowed: `at most ${LONGEST_TIMER_MS} ms (24.8 days): a longer timer of Node fires at once`,
        fix: "Lower it, and mind the unit: milliseconds.",
      },
    ];
  });
}

function lockProblems({ lockDuration = LOCK_DURATION_MS, lockRenewTime }: BullmqArgs): Problem[] {
  // What is no number is a problem of the timers already.
  if (typeof lockDuration !== "number") return [];
  if (lockDuration < LEAST_LOCK_MS) {
    return [
      {
        key: "queue.bullmq.lockDuration",
        was: shown(lockDuration),
        allowed: `at least ${LEAST_LOCK_MS} ms, or locks end before a worker can renew them and jobs run twice`,
        fix: `Raise it, or remove it for ${LOCK_DURATION_MS}; mind the unit: milliseconds.`,
      },
    ];
  }
  if (typeof lockRenewTime !== "number" || lockRenewTime < lockDuration) return [];
  return [
    {
      key: "queue.bullmq.lockRenewTime",
      was: shown(lockRenewTime),
      allowed: `less than \`queue.bullmq.lockDuration\` (${lockDuration}), or every lock ends before it is renewed and jobs run twice`,
      fix: "Lower it, or remove it for half of `queue.bullmq.lockDuration`.",
    },
  ];
}

function prefixProblems({ prefix }: BullmqArgs): Problem[] {
  if (prefix === undefined || (typeof prefix === "string" && !/\p{Cc}/u.test(prefix))) return [];
  return [
    {
      key: "queue.bullmq.prefix",
      was: shapeOf(prefix),
      allowed: "a text without NUL and other control characters, which an environment variable cannot hold",
      fix: "Use letters, digits and `-_:{}`.",
    },
  ];
}

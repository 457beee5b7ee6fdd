import type { Role } from "redis-topology/redis";
import type { Expectations } from "./expectations";

/** What one check of one role came to. No field holds a secret. */
export interface CheckResult {
  readonly role: Role;
  readonly check: string;
  /** `skip`: could not or need not be judged; not a failure. */
  readonly result: "pass" | "fail" | "skip";
  /** Why it was skipped. */
  readonly why?: string;
  readonly found: string;
  readonly expected: string;
}

/** A check's judgement; what was expected stands in the check. */
export type Verdict = Pick<CheckResult, "result" | "found" | "why">;

export const pass = (found: string): Verdict => ({ result: "pass", found });
export const fail = (found: string): Verdict => ({ result: "fail", found });
export const skip = (why: string, found = ""): Verdict => ({ result: "skip", found, why });
export const passIf = (good: boolean, found: string): Verdict => (good ? pass(found) : fail(found));

/** What every check is told besides its input. */
export interface Context {
  readonly expectations: Expectations;
  /** Aborted when the time is up or the user interrupts. */
  readonly signal: AbortSignal;
}

/** One check. What it throws is a failure, and the message is what was found. */
export interface Check<Input> {
  readonly name: string;
  /** Only for this role; default both. */
  readonly role?: Role;
  expected(expectations: Expectations): string;
  judge(input: Input, context: Context): Verdict | Promise<Verdict>;
}

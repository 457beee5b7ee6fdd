import { ROLES } from "redis-topology/redis";
import { z } from "zod";

/** `problem`: data or service is at risk. `warning`: will be one. `note`: worth knowing. */
const LEVELS = ["problem", "warning", "note"] as const;

const finding = z.strictObject({
  role: z.enum(ROLES),
  level: z.enum(LEVELS),
  /** Stable, for scripts. */
  id: z.string(),
  what: z.string(),
  why: z.string(),
  /** What to run or to set. */
  command: z.string(),
});
export type Finding = z.infer<typeof finding>;
/** A finding before its role is known. */
export type RoleFinding = Omit<Finding, "role">;

const fsync = z.strictObject({
  /** Milliseconds of a 4 KiB write and its fdatasync. */
  p50: z.number(),
  p99: z.number(),
  samples: z.number(),
  /** Jobs a second that one client gets through if every write waits for the disk (`appendfsync always`). */
  jobsPerSecondAlways: z.number(),
});
export type FsyncTimes = z.infer<typeof fsync>;

/** The JSON of `doctor`. */
export const DOCTOR_RESULT = z.strictObject({
  ok: z.boolean(),
  findings: z.array(finding),
  roles: z.array(
    z.strictObject({
      role: z.enum(ROLES),
      /** Whether the server runs on this machine, so that the machine was looked at too. */
      onThisHost: z.boolean(),
      fsync: fsync.optional(),
      /** What could not be looked at, and why. */
      unseen: z.array(z.string()),
    }),
  ),
});
export type DoctorResult = z.infer<typeof DOCTOR_RESULT>;

/** The worst first. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

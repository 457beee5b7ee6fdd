import type { Event, Guarantees, Outcome, RoleGuarantees } from "./guarantees";
import { EVENTS } from "./guarantees";
import { ROLES } from "./roles";

/** What shows an outcome: a test of this repository as `file: title`, or the source that says so. */
export type RoleProofs = Readonly<Partial<Record<Event, string>>>;

/** The proofs of a backend's guarantees. */
export interface Proofs {
  readonly cache?: RoleProofs;
  readonly queue?: RoleProofs;
}

/** Held on every backend with a live target. */
export const KILLED =
  "test/live/promises.ts: kill -9: no acknowledged job is lost that the guarantee does not name";
export const REDEPLOYED = "test/live/promises.ts: %s keeps the queue, and its workers go on";
/** What `appendfsync everysec` loses with its machine. */
export const EVERYSEC_SOURCE =
  'redis.io, "Redis persistence": fsync every second, at most two behind (aof.c)';

const CACHE_PROOF = "test/live/promises.ts: each role has its settings";

/** Every backend's cache runs without AOF and RDB, which its settings show. */
export const CACHE_PROOFS: RoleProofs = Object.fromEntries(EVENTS.map((event) => [event, CACHE_PROOF]));

/** The guarantees, each with its proof where there is one. */
export function withProofs(guarantees: Guarantees, proofs: Proofs): Guarantees {
  const roles = ROLES.flatMap((role) => {
    const promised = guarantees[role];
    return promised ? [[role, proven(promised, proofs[role] ?? {})]] : [];
  });
  return Object.fromEntries(roles);
}

function proven(guarantees: RoleGuarantees, proofs: RoleProofs): RoleGuarantees {
  const outcomes = EVENTS.map((event): [Event, Outcome] => {
    const proof = proofs[event];
    return [event, { ...guarantees[event], ...(proof !== undefined && { proof }) }];
  });
  return Object.fromEntries(outcomes) as Record<Event, Outcome>;
}

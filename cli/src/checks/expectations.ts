import type { RoleGuarantees } from "redis-topology/redis";
import { EVICTION_POLICIES, Role } from "redis-topology/redis";

/** Whether something must be on, must be off, or may be either. */
export type Required = "yes" | "no" | "any";

/** What a role's server must be, by its role and by what its outputs promise. */
export interface Expectations {
  readonly role: Role;
  /** Eviction policies, of which the server must have one. */
  readonly policies: readonly string[];
  /** AOF and RDB schedule. */
  readonly persistence: Required;
  /** The promise behind `persistence`, for a user who asks why. */
  readonly because: string;
}

/**
 * The expectations of a role. Persistence follows from the promise for a crash of the Redis process, the one
 * event that tells an AOF from everything else: only with it does every acknowledged write come back. So a
 * queue that promises no loss must have it, unless the service has a log of its own; one that promises less,
 * whatever keeps its data, need not. A cache
 * that promises nothing must not pay for it. Where the promise is somebody else's, nothing is demanded.
 */
export function expectationsOf(role: Role, guarantees: Pick<RoleGuarantees, "processCrash">): Expectations {
  const { kept, lossSeconds, detail, elsewhere = false, ownLog = false } = guarantees.processCrash;
  const promise = elsewhere ? "somebody else's" : kept ? `kept, up to ${lossSeconds} s lost` : "lost";
  const because = `guarantees.${role}.processCrash: ${promise} (${detail})`;
  if (role === Role.Cache) {
    return { role, policies: EVICTION_POLICIES, persistence: kept || elsewhere ? "any" : "no", because };
  }
  const demanded = kept && lossSeconds === 0 && !elsewhere && !ownLog;
  return { role, policies: ["noeviction"], persistence: demanded ? "yes" : "any", because };
}

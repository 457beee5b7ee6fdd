import { compareVersions } from "redis-topology/redis";

interface EndOfLife {
  readonly below: string;
  readonly ended: string;
}

/**
 * Redis versions that get no more security fixes from their makers, the oldest first. redis/redis SECURITY.md, as it
 * stood with 8.2 (August 2025): 8.2, 8.0 and 7.4 are kept up, "< 7.4.x" is not, and 6.2 "may be removed after end of
 * 2025". Valkey: none yet, valkey.io/download on 2026-11-24 lists 7.2, 8.0, 8.1, 9.0 and 9.1 as supported.
 */
const REDIS: readonly EndOfLife[] = [
  { below: "6.2", ended: "before 2024" },
  { below: "7.0", ended: "after 2025" },
  { below: "7.4", ended: "by August 2025" },
];

/** When a version's life ended, in words; undefined while it lasts, as far as is known. */
export function endOfLife(redisVersion: string, valkeyVersion?: string): string | undefined {
  if (valkeyVersion !== undefined) return undefined;
  return REDIS.find(({ below }) => compareVersions(redisVersion, below) < 0)?.ended;
}

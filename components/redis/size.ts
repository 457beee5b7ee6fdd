import { shown, shownAs, shownNumber } from "./shown";

/** Smallest size that any setting takes: below it Redis has no room for its own structures. */
export const MIN_SIZE = 16 * 1024 * 1024;
/** Largest: beyond 2^53 a JavaScript number no longer holds every byte count. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/**
 * Multipliers by unit. Lower case as redis.conf has them (`k` = 1000, `kb` = 1024; Redis takes any case,
 * redis.conf "Note on units"); the `i` units as in Kubernetes (apimachinery `resource.Quantity`).
 * `K`, `M`, `G`, `T` alone are decimal in both worlds.
 */
const UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  ki: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  mi: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
  gi: 1024n ** 3n,
  t: 1000n ** 4n,
  tb: 1024n ** 4n,
  ti: 1024n ** 4n,
};

export const SIZE_FORMS =
  'a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes)';

/** What was meant as a size, wrong ones too. */
const SIZE = /^[-+]?\d{0,40}(?:[.,]\d{0,30}){0,2} ?(?:[kmgtpe]?i?b|[kmgtpe]i?)?$/i;

/** A size that cannot be used; `message` says why, without the key. */
export class SizeError extends Error {}

/**
 * Bytes of a size written as Redis or Kubernetes write it. Exact: `4.5Gi` is 4831838208, and a fraction of a
 * byte is an error, not a rounding. Throws SizeError.
 */
export function parseSize(text: string): number {
  // A caller from JavaScript may give anything.
  if (typeof text !== "string") throw new SizeError(`${shownNumber(text)} is not a text`);
  const match = /^(\d{1,30})(?:\.(\d{1,30}))?([a-z]{0,2})$/i.exec(text.trim());
  if (!match) throw new SizeError(`${shownSize(text)} is not a size`);
  const [, whole = "", fraction = "", suffix = ""] = match;
  const unit = UNITS[suffix.toLowerCase()];
  if (unit === undefined) throw new SizeError(`${shownSize(text)} has an unknown unit`);
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unit;
  if (scaled % scale !== 0n) throw new SizeError(`${shown(text)} is not a whole number of bytes`);
  const bytes = scaled / scale;
  if (bytes < BigInt(MIN_SIZE)) throw new SizeError(`${shown(text)} is below ${formatSize(MIN_SIZE)}`);
  if (bytes > BigInt(MAX_SIZE)) throw new SizeError(`${shown(text)} is above 2^53 - 1 bytes`);
  return Number(bytes);
}

/** A wrong value of a size setting: a text that has a number and a unit is shown. */
export function shownSize(value: unknown): string {
  return shownAs(SIZE, value);
}

/** Whether a value was meant as a size, of whatever amount. */
export function isSize(value: unknown): boolean {
  return typeof value === "string" && SIZE.test(value);
}

/** Bytes in the largest binary unit that needs at most one decimal: `640Mi`, `4.5Gi`, else plain bytes. */
export function formatSize(bytes: number): string {
  for (const [unit, power] of [
    ["Ti", 4],
    ["Gi", 3],
    ["Mi", 2],
    ["Ki", 1],
  ] as const) {
    const value = bytes / 1024 ** power;
    // The one decimal of a binary unit that is a whole number of bytes is .5; doubling is exact where × 10 rounds.
    if (value >= 1 && Number.isInteger(value * 2)) return `${value}${unit}`;
  }
  return `${bytes} bytes`;
}

import { InvalidArgumentError } from "commander";

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of `30s`, `15m`, `2h`, `7d` or `1w`. Throws commander's error for an option. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (number === undefined) {
    throw new InvalidArgumentError(
      "Allowed: a number and s, m, h, d or w, such as `90s`, `2h` or `7d`; `0s` for no time at all.",
    );
  }
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** A time span as a person says it: `340 ms`, `12 s`, `5 min`, `3.5 h`, `12 d`. */
export function formatDuration(milliseconds: number): string {
  const steps = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ] as const;
  const [size, unit] = steps.find(([least]) => milliseconds >= least) ?? [1, "ms"];
  const number = milliseconds / size;
  return `${number < 10 && unit !== "ms" ? Number(number.toFixed(1)) : Math.round(number)} ${unit}`;
}

/** A number of at least `least`, for an option. */
export function parseCount(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text === "" || !Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`Allowed: a whole number of at least ${least}.`);
    return number;
  };
}

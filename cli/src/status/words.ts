const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

/** `3 d 4 h`, `12 min`, `40 s`. */
export function duration(seconds: number): string {
  const unit = UNITS.findIndex(([, size]) => seconds >= size);
  const [name, size] = UNITS[unit] ?? ["s", 1];
  const count = Math.floor(seconds / size);
  const [smaller, part] = UNITS[unit + 1] ?? [undefined, 1];
  const rest = smaller === undefined || unit === -1 ? 0 : Math.floor((seconds - count * size) / part);
  return rest > 0 ? `${count} ${name} ${rest} ${smaller}` : `${count} ${name}`;
}

/** `81 %`; never 100 before it is. */
export function percent(value: number): string {
  return `${value < 100 ? Math.min(99, Math.round(value)) : Math.floor(value)} %`;
}

/** `1.5 MiB`, `640 B`. */
export function bytes(count: number): string {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(1, Math.abs(count))) / 10));
  const value = count / 1024 ** power;
  const unit = ["B", "KiB", "MiB", "GiB", "TiB"][power];
  return `${power === 0 || Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
}

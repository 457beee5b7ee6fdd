const BINARY = ["", "Ki", "Mi", "Gi", "Ti"] as const;
const DECIMAL = ["", "k", "M", "G", "T"] as const;

/**
 * Bytes as the API server writes them back (apimachinery `resource.Quantity`, canonical form): the largest suffix
 * that leaves a whole number. What is written in any other form comes back different.
 */
export function quantity(bytes: number): string {
  return bytes % 1024 === 0 ? largest(bytes, 1024, BINARY) : largest(bytes, 1000, DECIMAL);
}

/** `0.5` → `500m`, `2.0` → `2`: CPU in canonical form; undefined when the text is no amount of CPU above zero. */
export function cpuQuantity(text: string): string | undefined {
  const match = /^(\d{1,6})(?:(m)|(\.\d{1,3}))?$/.exec(text.trim());
  if (!match) return undefined;
  const milli = match[2] ? Number(match[1]) : Math.round(Number(text) * 1000);
  if (milli <= 0) return undefined;
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

function largest(bytes: number, base: number, suffixes: readonly string[]): string {
  let value = bytes;
  let power = 0;
  while (value > 0 && value % base === 0 && power < suffixes.length - 1) {
    value /= base;
    power++;
  }
  return `${value}${suffixes[power]}`;
}

/** The CLI this repository downloads or builds when none is at hand; go/cli/go.mod names the same (tested). */
export const PULUMI_VERSION = "3.259.0";

/** Of npm's package `pulumi` in that version: `npm view pulumi@<version> dist.integrity`. */
export const PULUMI_INTEGRITY =
  "sha512-INXMyZQmNg0wvjaaTBzbQE5zQUSx3jdMx7NBl2poNfTASMF11jjAyGzICWbquvqZVlALIaBbK/hbuvwdyPuuXQ==";

/** The release of the Node.js SDK in package-lock.json; the first series with --skip-plugin-pre-install. */
export const OLDEST_USABLE = "3.248.0";

const parse = (text: string) => /(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);

/** False when `found` holds no version at all. */
export function atLeast(found: string, wanted: string): boolean {
  const [a, b] = [parse(found), parse(wanted)];
  if (!a || !b) return false;
  for (const [i, part] of b.entries()) {
    const difference = (a[i] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

import coerce = require("semver/functions/coerce");
import gte = require("semver/functions/gte");

/** The CLI this repository downloads or builds when none is at hand; go/cli/go.mod names the same (tested). */
export const PULUMI_VERSION = "3.259.0";

/** Of npm's package `pulumi` in that version: `npm view pulumi@<version> dist.integrity`. */
export const PULUMI_INTEGRITY =
  "sha512-INXMyZQmNg0wvjaaTBzbQE5zQUSx3jdMx7NBl2poNfTASMF11jjAyGzICWbquvqZVlALIaBbK/hbuvwdyPuuXQ==";

/** The release of the Node.js SDK in package-lock.json; the first series with --skip-plugin-pre-install. */
export const OLDEST_USABLE = "3.248.0";

/** False when `found` holds no version at all. */
export function atLeast(found: string, wanted: string): boolean {
  const version = coerce(found);
  return version !== null && gte(version, wanted);
}

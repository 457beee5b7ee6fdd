import { isIP } from "node:net";
import { IPv4, IPv6, parseCIDR } from "ipaddr.js";
import type { Problem } from "../redis/problems";
import { shownAs } from "../redis/problems";

/** A network, or what keeps it from being one. */
export type Network =
  | { readonly family: 4 | 6; readonly first: string; readonly isFirst: boolean }
  /** An IPv4 network in the clothes of IPv6. */
  | "mapped"
  | undefined;

/**
 * Reads a CIDR; undefined where it is none. A zone (`fe80::1%eth0`) has a meaning on one machine alone.
 */
export function readCidr(cidr: string): Network {
  const [address = "", length = "", ...more] = cidr.split("/");
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || address.includes("%") || more.length > 0) return undefined;
  if (!/^(0|[1-9]\d*)$/.test(length) || Number(length) > most) return undefined;
  const [parsed] = parseCIDR(cidr);
  if (parsed instanceof IPv6 && parsed.isIPv4MappedAddress()) return "mapped";
  const first = (family === 6 ? IPv6 : IPv4).networkAddressFromCIDR(cidr).toString();
  return { family: family === 6 ? 6 : 4, first, isFirst: parsed.toString() === first };
}

/** An IPv4 address or network as far as its form goes. */
const DOTTED = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,3})?$/;

/** What is wrong with a CIDR that is none, whoever takes it. */
export function cidrProblems(key: string, cidr: string): Problem[] {
  const network = readCidr(cidr);
  if (network === undefined) {
    const allowed = "a network such as 10.0.0.0/16 or 2001:db8::/32";
    return [{ key, was: shownAs(DOTTED, cidr), allowed, fix: "Correct the network." }];
  }
  if (network !== "mapped") return [];
  const allowed = "an IPv4 network in its own form, such as 10.0.0.0/16";
  return [{ key, was: JSON.stringify(cidr), allowed, fix: "Write it without ::ffff:." }];
}

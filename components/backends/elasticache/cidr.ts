import { isIP } from "node:net";
import { IPv4, IPv6, parseCIDR } from "ipaddr.js";

/** A network as EC2 takes it, or what keeps it from being one. */
export type Network =
  | { readonly family: 4 | 6; readonly first: string; readonly isFirst: boolean }
  /** An IPv4 network in the clothes of IPv6. */
  | "mapped"
  | undefined;

/**
 * Reads a CIDR; undefined where it is none. EC2 takes the network's first address only, and no zone
 * (`fe80::1%eth0`), which has a meaning on one machine alone.
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

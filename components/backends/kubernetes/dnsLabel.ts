import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";

/** A name that is a DNS label (RFC 1123). */
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** Longest name of a namespace (RFC 1123). */
export const MAX_NAMESPACE = 63;

/** What is wrong with the name of an object. */
export function dnsLabelProblems(key: string, name: string, longest: number): Problem[] {
  if (DNS_LABEL.test(name) && name.length <= longest) return [];
  return [
    {
      key,
      was: shapeOf(name),
      allowed: `lower-case letters, digits and inner hyphens, at most ${longest} characters`,
      fix: "Choose another name.",
    },
  ];
}

import { createHash } from "node:crypto";

const HASH_LENGTH = 8;

/**
 * A name for a cloud's API out of any texts (project, stack, topology) and what it is for (`queue`): lower-case
 * letters, digits and single hyphens, beginning with a letter, at most `limit` characters, ending with the
 * purpose. The same texts give the same name; where they had to be changed or cut, a hash of them keeps
 * different ones apart.
 */
export function physicalName(texts: readonly string[], purpose: string, limit: number): string {
  const wanted = texts.join("-");
  const plain = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  const room = limit - purpose.length - 1;
  if (plain !== "" && plain === wanted && plain.length <= room) return `${plain}-${purpose}`;
  const hash = createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, HASH_LENGTH);
  const head = plain.slice(0, room - HASH_LENGTH - 1).replace(/-+$/, "");
  return [head || "r", hash, purpose].join("-");
}

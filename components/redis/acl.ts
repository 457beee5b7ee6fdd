import { createHash } from "node:crypto";

/** The user that clients log in as. Redis and BullMQ know no other without being told. */
export const DEFAULT_USERNAME = "default";

/**
 * The ACL file: one user, every listed password valid. Passwords stand in it as SHA-256 hashes only, so the
 * text of a password can hold anything, and two can be valid while clients move from one to the other.
 * Throws on an empty password, which would leave the server open.
 */
export function aclFile(passwords: readonly string[]): string {
  if (passwords.length === 0 || passwords.some((password) => password === "")) {
    throw new Error("An ACL file needs at least one password, and none may be empty.");
  }
  const hashes = [...new Set(passwords)].map((password) => `#${sha256(password)}`);
  return `user ${DEFAULT_USERNAME} on sanitize-payload ${hashes.join(" ")} ~* &* +@all\n`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

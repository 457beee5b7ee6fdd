import { createHash } from "node:crypto";

/** The user that clients log in as. Redis and BullMQ know no other without being told. */
export const DEFAULT_USERNAME = "default";

/** A user for health checks, who may do nothing but PING; its password may lie where the check reads it. */
export const PROBE_USERNAME = "probe";

/**
 * The ACL file: one user, every listed password valid; and the probe, where its password is given. Passwords stand
 * in it as SHA-256 hashes only, so the text of a password can hold anything, and two can be valid while clients
 * move from one to the other. Throws on an empty password, which would leave the server open.
 */
export function aclFile(passwords: readonly string[], probePassword?: string): string {
  if (probePassword === "" || passwords.length === 0 || passwords.some((password) => password === "")) {
    throw new Error("An ACL file needs at least one password, and none may be empty.");
  }
  const hashes = [...new Set(passwords)].map((password) => `#${sha256(password)}`);
  const probe =
    probePassword === undefined
      ? ""
      : `user ${PROBE_USERNAME} on sanitize-payload #${sha256(probePassword)} resetchannels -@all +ping\n`;
  return `user ${DEFAULT_USERNAME} on sanitize-payload ${hashes.join(" ")} ~* &* +@all\n${probe}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

import { createHash } from "node:crypto";
import type { RoleArgs } from "../../contract";
import type { Problem } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";

/** ElastiCache User Guide, "Authenticating with AUTH": length and alphabet of a token. */
const LEAST = 16;
const MOST = 128;
const SYMBOLS = "!&#$^<>-";
const TOKEN = new RegExp(`^[A-Za-z0-9${SYMBOLS.replace(/[\^-]/g, "\\$&")}]{${LEAST},${MOST}}$`);

/** A token and the one before it, as fingerprints; secret all the same, since a short token could be guessed. */
export interface Tokens {
  readonly token: string;
  /** Empty where no `previousPassword` is given. */
  readonly previousToken: string;
  /** Whether the token was made here and not given. */
  readonly tokenMade: boolean;
}

/** What of a token may stand in a resource that only compares it. */
export function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/**
 * A new token that would lock out every client at once. AWS says that SET is allowed only after ROTATE, and that the
 * last token given must be repeated (ElastiCache API, ModifyReplicationGroup; "Modifying the AUTH token"), but takes
 * SET for a group without any token; what it does with another token is not known here, and not tried on a queue.
 */
export function lockoutProblems(role: Role, before: Tokens, after: Tokens): Problem[] {
  // One that is to be made is not known in a preview, but is another one for certain.
  const changed = before.token !== after.token || (after.tokenMade && !before.tokenMade);
  if (!changed || before.token === after.previousToken) return [];
  const given = after.previousToken !== "";
  return [
    {
      key: given ? `${role}.previousPassword` : `${role}.password`,
      was: given
        ? "not the password that the group has"
        : say`changed, or removed, without ${key(`${role}.previousPassword`)}`,
      allowed: given ? "that one, so that it stays valid beside the new one" : "a change in two steps",
      fix: say`Give the group's password as ${key(`${role}.previousPassword`)} beside the new ${key(`${role}.password`)}, deploy, move the applications, and remove it (docs/operations/elasticache.md). \`pulumi stack output --show-secrets\` shows the one it has.`,
    },
  ];
}

/** A rotation without a new token, which AWS cannot do: its own ROTATE keeps the old one beside the new one. */
export function rotationProblems(role: Role, { password, previousPassword }: RoleArgs): Problem[] {
  if (previousPassword === undefined || password !== undefined) return [];
  const [given, missing] = [key(`${role}.previousPassword`), key(`${role}.password`)];
  return [
    {
      key: given.path,
      was: say`given without ${missing}`,
      allowed: say`only beside a new ${missing}`,
      fix: say`Give the new ${missing} too: both are valid until ${given} is removed.`,
    },
  ];
}

/** What is wrong with a password as ElastiCache's AUTH token; its text is never shown. */
export function tokenProblems(role: Role, password: unknown): Problem[] {
  if (typeof password !== "string" || password === "" || TOKEN.test(password)) return [];
  return [
    {
      key: `${role}.password`,
      was: `${password.length} characters${/^[A-Za-z0-9]*$/.test(password) ? "" : ", symbols among them"}`,
      allowed: `${LEAST} to ${MOST} letters, digits and ${SYMBOLS.split("").join(" ")}`,
      fix: "Choose another one, or remove the setting to have one made.",
    },
  ];
}

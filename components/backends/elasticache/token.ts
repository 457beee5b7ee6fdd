import type { Problem } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import type { RoleArgs } from "../../topology";

/** ElastiCache User Guide, "Authenticating with AUTH": length and alphabet of a token. */
const LEAST = 16;
const MOST = 128;
const SYMBOLS = "!&#$^<>-";
const TOKEN = new RegExp(`^[A-Za-z0-9${SYMBOLS.replace(/[\^-]/g, "\\$&")}]{${LEAST},${MOST}}$`);

/** A rotation without a new token, which AWS cannot do: its own ROTATE keeps the old one beside the new one. */
export function rotationProblems(role: Role, { password, previousPassword }: RoleArgs): Problem[] {
  if (previousPassword === undefined || password !== undefined) return [];
  const key = `${role}.previousPassword`;
  const fix = "Give the new `password` too: both are valid until `previousPassword` is removed.";
  return [{ key, was: "given without `password`", allowed: "only beside a new `password`", fix }];
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

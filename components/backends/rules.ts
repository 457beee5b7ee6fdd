import type { Problem } from "../redis/problems";
import type { Role } from "../redis/roles";
import { key, say } from "../redis/sentence";

// Rules that several rooms have, by the paths of their own settings.

/** An image has its version, so that a role's says something else, or nothing. */
export function imageAndVersion(
  image: { readonly path: string; readonly value: unknown },
  role: Role,
  version: unknown,
): Problem[] {
  if (image.value === undefined || version === undefined) return [];
  return [
    {
      key: [image.path, `${role}.version`],
      was: "both given",
      allowed: "one of the two, since an image has its version",
      fix: "Remove one of them.",
    },
  ];
}

/** A setting of a role's server, such as `queueServer`, where there is no such role. */
export function withoutRole(path: string, role: Role): Problem {
  return {
    key: path,
    was: `given without \`${role}\``,
    allowed: `only together with \`${role}\``,
    fix: say`Add ${key(role, "{}")}, or remove ${key(path)}.`,
  };
}

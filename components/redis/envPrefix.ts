import type { Problem } from "./problems";
import { shapeOf } from "./problems";
import { ROLES, Role } from "./roles";

/** What a role's variables are called, behind its prefix and an underscore. Only a queue has the last one. */
export const VARIABLES = ["HOST", "PORT", "PASSWORD", "URL", "TLS", "PREFIX", "CA_CERT", "BULLMQ"] as const;
export type Variable = (typeof VARIABLES)[number];

/** The prefix of a role's variables where the stack sets none. */
export const DEFAULT_ENV_PREFIX: Readonly<Record<Role, string>> = {
  [Role.Cache]: "REDIS",
  [Role.Queue]: "REDIS_QUEUE",
};

/** A name as POSIX has it; with the longest ending it stays below the 253 characters of a key in a Kubernetes Secret. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Names by variable: `{ HOST: "…" }` becomes `{ REDIS_HOST: "…" }`. */
export function withEnvPrefix(
  prefix: string,
  variables: Readonly<Partial<Record<Variable, string>>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${prefix}_${name}`, value]));
}

/** Prefixes that no variable can have, and names that both of the roles that are there would write. */
export function envPrefixProblems(
  args: Readonly<Partial<Record<Role, { readonly envPrefix?: string } | undefined>>>,
): Problem[] {
  const present = ROLES.filter((role) => args[role]);
  const problems = present.flatMap((role) => nameProblems(role, args[role]?.envPrefix));
  if (problems.length > 0) return problems;
  const [first = [], second = []] = present.map((role) => namesOf(role, args[role]?.envPrefix));
  const shared = first.filter((name) => second.includes(name));
  if (shared.length === 0) return [];
  return [
    {
      key: ["cache.envPrefix", "queue.envPrefix"],
      was: `both write ${shared.join(", ")}`,
      allowed: "names apart, or an application takes one server for the other",
      fix: `Change one of them; without the setting they are ${DEFAULT_ENV_PREFIX.cache} and ${DEFAULT_ENV_PREFIX.queue}.`,
    },
  ];
}

function namesOf(role: Role, prefix = DEFAULT_ENV_PREFIX[role]): string[] {
  const own = VARIABLES.filter((name) => name !== "BULLMQ" || role === Role.Queue);
  return own.map((name) => `${prefix}_${name}`);
}

function nameProblems(role: Role, prefix: unknown): Problem[] {
  // A caller from JavaScript may give anything.
  if (prefix === undefined || (typeof prefix === "string" && NAME.test(prefix))) return [];
  return [
    {
      key: `${role}.envPrefix`,
      was: shapeOf(prefix),
      allowed:
        "at most 100 letters, digits and `_`, no digit first; `_HOST`, `_PORT` and the others are added to it",
      fix: `Correct it, or remove it for ${DEFAULT_ENV_PREFIX[role]}.`,
    },
  ];
}

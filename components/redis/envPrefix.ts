import { Role } from "./roles";

/** What a role's variables are called, behind its prefix and an underscore. Only a queue has the last one. */
export const VARIABLES = ["HOST", "PORT", "PASSWORD", "URL", "TLS", "PREFIX", "CA_CERT", "BULLMQ"] as const;
export type Variable = (typeof VARIABLES)[number];

/** The prefix of a role's variables where the stack sets none. */
export const DEFAULT_ENV_PREFIX: Readonly<Record<Role, string>> = {
  [Role.Cache]: "REDIS",
  [Role.Queue]: "REDIS_QUEUE",
};

/** Names by variable: `{ HOST: "…" }` becomes `{ REDIS_HOST: "…" }`. */
export function withEnvPrefix(
  prefix: string,
  variables: Readonly<Partial<Record<Variable, string>>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${prefix}_${name}`, value]));
}

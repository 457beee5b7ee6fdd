import type { CacheArgs, QueueArgs, RoleArgs } from "../contract";
import { isPort, PORT_RANGE } from "./address";
import { shownNear } from "./near";
import type { BackendTraits, OptionalSetting } from "./plan";
import type { Problem } from "./problems";
import { shownAs, shownNumber } from "./problems";
import { ENGINES, EVICTION_POLICIES, QUEUE_POLICY, REDIS_POLICIES, Role } from "./roles";
import { say } from "./sentence";

/** No part of a version has more than three digits; a longer number is something else. */
const VERSION = /^\d{1,3}(\.\d{1,3}){0,2}$/;

const VERSION_LIKE = /^\d{1,3}(\.\d{1,3}){0,3}\.?$/;

/** A wrong version; what only looks like something else is described. */
export function shownVersion(version: unknown): string {
  return shownAs(VERSION_LIKE, version);
}

export function portProblems(role: Role, port: number, fallback: number): Problem[] {
  if (isPort(port)) return [];
  const allowed = PORT_RANGE;
  const fix = `Choose a free port; the default is ${fallback}.`;
  return [{ key: `${role}.port`, was: shownNumber(port), allowed, fix }];
}

export function engineProblems(role: Role, engine: string | undefined): Problem[] {
  return engine === undefined ? [] : notOneOf(`${role}.engine`, engine, ENGINES);
}

export function evictionProblems(role: Role, policy: string | undefined): Problem[] {
  if (policy === undefined || (role === Role.Queue && policy === QUEUE_POLICY)) return [];
  if (role === Role.Cache) return notOneOf("cache.evictionPolicy", policy, EVICTION_POLICIES, REDIS_POLICIES);
  const allowed = `nothing: a queue is always \`${QUEUE_POLICY}\`, since one that evicts loses jobs`;
  const fix = "Remove the setting; what may be evicted belongs into the cache.";
  return [{ key: "queue.evictionPolicy", was: shownNear(policy, REDIS_POLICIES), allowed, fix }];
}

/** A version becomes part of an image's tag, or is compared with a server's own. */
export function versionProblems(role: Role, version: string | undefined): Problem[] {
  // A caller from JavaScript may give anything.
  const isText = typeof version === "string";
  if (version === undefined || (isText && VERSION.test(version))) return [];
  const allowed = "a version number, such as 7, 7.4 or 7.4.1";
  return [{ key: `${role}.version`, was: shownVersion(version), allowed, fix: "Correct the version." }];
}

/** Of passwords known now; one that is still to come is refused where it is hashed. */
export function passwordProblems(role: Role, args: RoleArgs): Problem[] {
  return (["password", "previousPassword"] as const)
    .filter((key) => args[key] === "")
    .map((key) => ({
      key: `${role}.${key}`,
      was: "empty",
      allowed: "any text but the empty one, or nothing",
      fix: "Remove the setting to have a password made, or set a secret one.",
    }));
}

/** Settings that are given although this backend cannot honour them. */
export function refusedSettings(role: Role, traits: BackendTraits, args: CacheArgs & QueueArgs): Problem[] {
  // A cache with persistence has been refused as such.
  const persistence = role === Role.Queue ? args.persistence : undefined;
  const given: Readonly<Record<OptionalSetting, unknown>> = {
    maxMemory: args.maxMemory,
    memoryLimit: args.memoryLimit,
    evictionPolicy: args.evictionPolicy,
    port: args.port,
    engine: args.engine,
    version: args.version,
    password: args.password,
    previousPassword: args.previousPassword,
    config: args.config,
    "persistence.size": persistence?.size,
    "persistence.storageClass": persistence?.storageClass,
  };
  return Object.entries(traits.refuses).flatMap(([setting, reason]) =>
    given[setting as OptionalSetting] === undefined
      ? []
      : [
          {
            key: `${role}.${setting}`,
            was: "given",
            allowed: say`nothing on the ${traits.name} backend: ${reason}`,
            fix: "Remove the setting.",
          },
        ],
  );
}

/** `known`: what the value may be a near miss of, beyond what is allowed. */
function notOneOf(
  key: string,
  value: string,
  allowed: readonly string[],
  known: readonly string[] = allowed,
): Problem[] {
  if (allowed.includes(value)) return [];
  return [{ key, was: shownNear(value, known), allowed: allowed.join(", "), fix: "Choose one of these." }];
}

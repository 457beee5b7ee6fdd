import type { RolePlan } from "../../planning/plan";
import { aclFile } from "../../redis/acl";
import { renderConfig } from "../../redis/config";
import { Engine } from "../../redis/roles";
import { officialImage, SOFTWARE } from "../../redis/software";

/** One container of a deployment, as Lightsail's API and the provider take it. */
export interface Container {
  readonly containerName: string;
  readonly image: string;
  readonly commands: string[];
  readonly environment: Record<string, string>;
  /** Opened to other services; absent = none. */
  readonly ports?: Record<string, string>;
}

/** Name of a role's container. */
export function containerName(role: string): string {
  return `redis-${role}`;
}

/**
 * A role's container. Lightsail has neither files nor secrets: configuration and users come in the environment,
 * the passwords as SHA-256 hashes only, and are written to the working directory before the image's own entry
 * point starts the server and drops root's rights. They are given to its user first: not every entry point does that
 * (Redis 8's leaves a directory alone in which it meets files that are not its own).
 */
export function redisContainer(
  plan: RolePlan,
  { image, open }: { readonly image?: string; readonly open: boolean },
  passwords: readonly string[],
): Container {
  const engine = plan.engine ?? Engine.Redis;
  return {
    containerName: containerName(plan.role),
    image: image ?? officialImage(engine, plan.version),
    commands: ["sh", "-c", startScript(engine)],
    environment: {
      REDIS_CONF: renderConfig([
        ...plan.directives,
        ["port", String(plan.port)],
        // The containers of a deployment share a network namespace; other services come in from outside it.
        ["bind", ...(open ? ["*", "-::*"] : ["127.0.0.1", "-::1"])],
        ["aclfile", "./users.acl"],
      ]),
      REDIS_ACL: aclFile(passwords),
    },
    ...(open && { ports: { [plan.port]: "TCP" } }),
  };
}

/** The images' user is called like the engine, and their working directory is the server's data directory. */
function startScript(engine: Engine): string {
  return [
    "set -eu",
    "umask 077",
    `printf '%s' "$REDIS_CONF" > redis.conf`,
    `printf '%s' "$REDIS_ACL" > users.acl`,
    "unset REDIS_CONF REDIS_ACL",
    `if [ "$(id -u)" = 0 ]; then chown ${engine} . redis.conf users.acl; fi`,
    `exec docker-entrypoint.sh ${SOFTWARE[engine].server} ./redis.conf`,
  ].join("\n");
}

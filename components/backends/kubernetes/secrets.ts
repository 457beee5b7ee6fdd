import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { aclFile, DEFAULT_USERNAME } from "../../redis/acl";
import type { Connection } from "../../redis/connection";
import { environment } from "../../redis/connection";
import { Role } from "../../redis/roles";
import { authFiles } from "./files";
import type { ServerPlan } from "./plan";
import type { Site } from "./site";
import { childOptions, labelled } from "./site";

/** A Secret as YAML or JSON has it. */
export interface Manifest {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
  };
  readonly stringData: Record<string, string>;
}

/** What a role's passwords have become. */
export interface CreatedSecrets {
  /** Changes with the passwords. */
  readonly revision: pulumi.Output<string>;
  readonly created: readonly Secret[];
  /** The Secrets that were left for the user to apply. */
  readonly manifests: readonly pulumi.Output<Manifest>[];
}

/**
 * The server's Secret and the applications', and a revision that changes with the passwords. The revision is
 * random, not a checksum: whoever may look at pods could try passwords against that.
 * When manifests are rendered, the Secrets are returned instead of created.
 */
export function createSecrets(
  site: Site,
  plan: ServerPlan,
  password: pulumi.Output<string>,
  passwords: pulumi.Output<string[]>,
): CreatedSecrets {
  const acl = pulumi.secret(passwords.apply((valid) => aclFile(valid)));
  const revision = new RandomId(
    `${site.name}-${plan.role}-revision`,
    { byteLength: 8, keepers: { acl } },
    { parent: site.parent },
  );
  const auth = pulumi
    .all([acl, password])
    .apply(([file, text]) => manifest(site, plan, plan.names.auth, authFiles(plan, file, text)));
  const connection = password.apply((text) =>
    manifest(site, plan, plan.names.connection, connectionVariables(site, plan, text)),
  );
  const manifests = [auth, connection].map((made) => pulumi.secret(made));
  if (site.args.renderTo !== undefined) return { revision: revision.hex, manifests, created: [] };
  const created = [
    createSecret(site, plan, "auth", plan.names.auth, auth),
    createSecret(site, plan, "connection", plan.names.connection, connection),
  ];
  return { revision: revision.hex, manifests: [], created };
}

function createSecret(
  site: Site,
  plan: ServerPlan,
  suffix: string,
  name: string,
  made: pulumi.Output<Manifest>,
): Secret {
  return new Secret(
    `${site.name}-${plan.role}-${suffix}`,
    { metadata: labelled(site, plan, name), stringData: pulumi.secret(made.stringData) },
    childOptions(site),
  );
}

/** The contract's environment of an application, for `envFrom`. */
function connectionVariables(site: Site, plan: ServerPlan, password: string): Record<string, string> {
  const { host, port, role } = plan;
  const envPrefix = site.args[role]?.envPrefix;
  const connection: Connection = {
    ...{ host, port, username: DEFAULT_USERNAME, password, tls: false },
    ...(envPrefix !== undefined && { envPrefix }),
  };
  if (role === Role.Cache) return environment(connection, undefined);
  const bullmq = site.args.queue?.bullmq;
  const prefix = bullmq?.prefix;
  return environment(undefined, { ...connection, ...(prefix !== undefined && { prefix }) }, bullmq);
}

function manifest(site: Site, plan: ServerPlan, name: string, stringData: Record<string, string>): Manifest {
  return { apiVersion: "v1", kind: "Secret", metadata: labelled(site, plan, name), stringData };
}

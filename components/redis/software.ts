import coerce = require("semver/functions/coerce");
import compare = require("semver/functions/compare");

import { Engine } from "./roles";

/** What an engine is called where it is published, and its programs. */
export interface Software {
  /** Repository of the official images on Docker Hub, without the registry. */
  readonly repository: string;
  /** Version where none is asked for. */
  readonly version: string;
  readonly server: string;
  readonly cli: string;
}

/** What a role runs unless its backend brings a server of its own (ElastiCache, an external one). */
export const SOFTWARE: Readonly<Record<Engine, Software>> = {
  [Engine.Redis]: { repository: "redis", version: "7.4", server: "redis-server", cli: "redis-cli" },
  [Engine.Valkey]: { repository: "valkey/valkey", version: "8", server: "valkey-server", cli: "valkey-cli" },
};

/** The first version with everything a role needs; BullMQ recommends it too (bullmq `src/classes/redis-connection.ts`). */
export const LEAST_VERSION = "6.2";

/** The official image of an engine; the Alpine one, a tenth of the size of the others. */
export function officialImage(engine: Engine, version: string | undefined): string {
  const software = SOFTWARE[engine];
  return `${software.repository}:${version ?? software.version}-alpine`;
}

/** Below zero when the first version is older. Of texts that are no whole version (`8`, `7.2`), as if with zeros. */
export function compareVersions(a: string, b: string): number {
  return compare(whole(a), whole(b));
}

function whole(version: string): string {
  return coerce(version)?.version ?? "0.0.0";
}

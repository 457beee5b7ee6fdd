import { Engine } from "../../redis/roles";

/** What an engine's image is called, and its programs in it. */
interface Software {
  readonly image: (version: string) => string;
  readonly version: string;
  readonly server: string;
  readonly cli: string;
}

/** The official images; the Alpine ones, a tenth of the size of the others. */
const SOFTWARE: Readonly<Record<Engine, Software>> = {
  [Engine.Redis]: {
    image: (version) => `redis:${version}-alpine`,
    version: "7.4",
    server: "redis-server",
    cli: "redis-cli",
  },
  [Engine.Valkey]: {
    image: (version) => `valkey/valkey:${version}-alpine`,
    version: "8",
    server: "valkey-server",
    cli: "valkey-cli",
  },
};

/** Default user: `redis` and `valkey`, who own `/data` in the Alpine images (docker-library/redis and valkey-container, Dockerfiles). */
export const IMAGE_USER = "999:1000";

/** What a role runs. */
export interface RoleImage {
  /** By tag or digest. */
  readonly image: string;
  readonly server: string;
  readonly cli: string;
}

/** The image of a role and the programs in it. */
export function roleImage(
  engine: Engine = Engine.Redis,
  version: string | undefined,
  image: string | undefined,
): RoleImage {
  const software = SOFTWARE[engine];
  const { server, cli } = software;
  return { image: image ?? software.image(version ?? software.version), server, cli };
}

import { Engine } from "../../redis/roles";
import { officialImage, SOFTWARE } from "../../redis/software";

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
  const { server, cli } = SOFTWARE[engine];
  return { image: image ?? officialImage(engine, version), server, cli };
}

import type * as pulumi from "@pulumi/pulumi";
import type { TopologyArgs } from "../../contract";
import type { Power } from "./enums";

export { Power } from "./enums";

/** A topology in one Lightsail container service. It has no disk: every deployment, and every change is one, loses the data. */
export interface LightsailTopologyArgs extends TopologyArgs {
  /**
   * Name of a container service that exists and is only deployed into: never made, changed or deleted. A deployment
   * holds all containers of a service, so `app` must name those that run there now. Excludes `power`, `scale` and
   * `tags`, which it has already. Default: a service of the stack's own.
   */
  existingService?: string;
  /** Size of the service's node. Default: the smallest that holds the roles and `appMemory`. In place, with a new deployment. */
  power?: Power;
  /** Nodes; only 1 is taken, since every further one would be another Redis behind the same name. */
  scale?: number;
  /** Redis or Valkey image with a tag or digest, from a public registry, of the roles' `engine` and with the official images' entry point; excludes their `version`. Default by both. */
  image?: string;
  /** The user's own containers, deployed beside Redis, which they reach on `localhost`. Default none. */
  app?: AppContainer[];
  /** Memory that all app containers together need, such as `512Mi`. Default 256Mi a container. */
  appMemory?: string;
  /**
   * Whether other Lightsail services of the Region may connect as well, at `<service>.service.local`. Default: only
   * where no app is beside Redis; with an app, Redis opens no port and listens on loopback. A new deployment.
   */
  openToRegion?: boolean;
  /** The one container port that the Internet reaches, by HTTPS. Default none. */
  publicEndpoint?: PublicEndpoint;
  /** Whether the containers are deployed. With false only the service is made, for teams with a deployment file of their own. Default true. */
  deploy?: boolean;
  /** Tags on the service. */
  tags?: Record<string, string>;
}

/** One container of the user's own. Every change is a new deployment. */
export interface AppContainer {
  /** 1 to 53 lower-case letters, digits and hyphens. */
  name: string;
  /** Image with a tag or digest. One from a private Amazon ECR repository needs that repository's permission (docs/operations/lightsail.md). */
  image: string;
  /** Launch command, a list. Default the image's own. */
  command?: string[];
  /** Environment, over the topology's `REDIS_*`. Readable to whoever may describe the deployment. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Port to protocol: `{ "3000": "HTTP" }`. HTTP, HTTPS, TCP or UDP; no port twice in a deployment. */
  ports?: Record<string, string>;
}

/** Where the Internet gets in. */
export interface PublicEndpoint {
  /** Name of an app container; never Redis. */
  container: string;
  /** One of its HTTP or HTTPS ports. */
  port: number;
  /** Path that answers with a status from 200 to 499, beginning with `/`. Default `/`. */
  healthPath?: string;
}

import type * as pulumi from "@pulumi/pulumi";
import type { Role } from "../../redis/roles";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { EngineAccess } from "./client";

/** A server as its guard knows it; the provider's inputs. */
export interface GuardedServer {
  role: Role;
  /** `<project>/<stack>/<topology>`. */
  owner: string;
  engine: EngineAccess;
  container: string;
  /** The container that carries files to the server's volume. */
  carrier: string;
  /** Id of the image. */
  image: string;
  program: string;
  cli: string;
  user: string;
  /** Bytes that the container gets. */
  memory: number;
  /** Bytes: Redis' own limit. */
  maxMemory: number;
  bind: string;
  port: number;
  /** redis.conf, which includes the limit. */
  config: string;
  /** The queue's volume. */
  volume?: string;
  /** What is compared with the running server, as CONFIG GET gives it. */
  settings: Record<string, string>;
  password: string;
  /** Section of the stack file, for messages. */
  section?: string;
}

/** What the file with `maxmemory` is made of; the provider's inputs. */
export interface LimitFile {
  /** `<project>/<stack>/<topology>`. */
  owner: string;
  engine: EngineAccess;
  /** The container that carries files to the server's volume, and its id: a new one may have a new volume. */
  carrier: string;
  carrierId: string;
  /** Bytes. */
  maxMemory: number;
}

/** A server whose `maxmemory` is changed while it runs; the provider's inputs. */
export interface LimitedServer extends LimitFile {
  role: Role;
  container: string;
  /** As Pulumi's state has it. */
  containerId: string;
  cli: string;
  port: number;
  password: string;
}

/** The volumes of a server, before they are made or adopted; the provider's inputs. */
export interface GuardedVolumes {
  role: Role;
  /** `<project>/<stack>/<topology>`. */
  owner: string;
  engine: EngineAccess;
  /** The server's container. */
  server: string;
  /** Volume of its files, and the container that carries them there. */
  files: string;
  /** The queue's volume. */
  data?: string;
  /** What the queue's volume was called in earlier versions; not when the stack names it. */
  earlier?: string;
  /** Id of the image. */
  image: string;
  program: string;
  user: string;
  /** Bytes that the container gets. */
  memory: number;
  /** Bytes: Redis' own limit. */
  maxMemory: number;
  config: string;
  /** Section of the stack file, for messages. */
  section?: string;
}

export interface GuardedNetwork {
  owner: string;
  engine: EngineAccess;
  network: string;
  /** Section of the stack file, for messages. */
  section?: string;
}

/**
 * Stands before a server's containers: tries a new one before the old one goes, compares the running one with its
 * role on every run, and knows the engine (docs/adr/0057-docker-guard.md). A dynamic resource; makes nothing.
 */
export class ServerGuard extends DynamicResource<GuardedServer> {
  constructor(name: string, inputs: Inputs<GuardedServer>, opts: pulumi.CustomResourceOptions) {
    super({ ...provider("DockerServerGuard", "serverGuard"), secrets: ["password"] }, name, inputs, opts);
  }
}

/**
 * The file with `maxmemory`, between the files' container and the server's: there before the first start, and lower
 * before the container is (docs/adr/0058-docker-memory-in-place.md).
 */
export class ServerLimit extends DynamicResource<LimitFile> {
  constructor(name: string, inputs: Inputs<LimitFile>, opts: pulumi.CustomResourceOptions) {
    super(provider("DockerServerLimit", "serverLimit"), name, inputs, opts);
  }
}

/** `maxmemory` of the running server, after its container: raised when the container has the memory for it. */
export class ServerMemory extends DynamicResource<LimitedServer> {
  constructor(name: string, inputs: Inputs<LimitedServer>, opts: pulumi.CustomResourceOptions) {
    super({ ...provider("DockerServerMemory", "serverMemory"), secrets: ["password"] }, name, inputs, opts);
  }
}

/**
 * Stands before a server's volumes: refuses another topology's, and data that the server cannot load
 * (docs/adr/0087-docker-names.md, 0088). A dynamic resource; makes nothing.
 */
export class VolumeGuard extends DynamicResource<GuardedVolumes> {
  constructor(name: string, inputs: Inputs<GuardedVolumes>, opts: pulumi.CustomResourceOptions) {
    super(provider("DockerVolumeGuard", "volumeGuard"), name, inputs, opts);
  }
}

/** Goes right before the network, and names the containers for which the engine would keep it. */
export class NetworkGuard extends DynamicResource<GuardedNetwork> {
  constructor(name: string, inputs: Inputs<GuardedNetwork>, opts: pulumi.CustomResourceOptions) {
    super(provider("DockerNetworkGuard", "networkGuard"), name, inputs, opts);
  }
}

function provider(type: string, handler: string) {
  return { type, room: "docker", handler };
}

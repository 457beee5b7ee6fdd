import type { TopologyArgs } from "../../contract";
import type { ExporterArgs } from "../../redis/exporter";

/** A topology of containers on a Docker engine. */
export interface DockerTopologyArgs extends TopologyArgs {
  /**
   * IP address of the engine's machine at which both ports are published. Default `127.0.0.1`; on a remote engine
   * there is no default. Beyond loopback a given password must have 16 characters, and traffic is not encrypted.
   * Changing it replaces the containers and keeps the queue's data.
   */
  bind?: string;
  /**
   * Image of both roles, by tag or digest, pulled only when the engine lacks it; a local one needs no registry. It
   * must hold `redis-server` and `redis-cli` (valkey: `valkey-*`), `sh`, `cp`, `mv`, `rm`, `sync`, and a `/data` that `user` may write.
   * Default: the official Alpine image of the `engine` and `version`. Changing it replaces the containers.
   */
  image?: string;
  /**
   * Numeric `uid:gid` of the servers, never root. Default `999:1000`, which owns `/data` in the official Alpine
   * images. Changing it replaces the containers; files of an existing volume keep their owner.
   */
  user?: string;
  /**
   * Name of the queue's volume on the engine; an existing one is used as it is, with its data, unless it is another
   * topology's or holds what the server cannot load, and never deleted. Default
   * `<project>-<stack>-<name>-queue-data`, or what the stack has. Changing it moves the queue to another volume and
   * leaves the old one behind; removing it keeps the volume.
   */
  volume?: string;
  /**
   * Whether `destroy` deletes the queue's volume too. Default false: it stays and is found again. Refused beside
   * `volume`. Changed in place.
   */
  deleteData?: boolean;
  /**
   * The engine: `unix:///run/docker.sock`, `ssh://user@machine`, `tcp://machine:2376`. Default: the Docker
   * provider's own (`DOCKER_HOST`, else the local socket). Another engine is another topology: data does not move.
   */
  host?: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for a `tcp://` host. Default: none. Changed in place. */
  certPath?: string;
  /** Options of the `ssh` command for an `ssh://` host, such as `["-i", "key"]`. Default: none. Changed in place. */
  sshOptions?: string[];
  /** Metrics and alerts: an exporter container for each role, and Prometheus' files in the output `details`. Default: none. */
  monitoring?: MonitoringArgs;
}

/** Metrics and alerts. */
export interface MonitoringArgs extends ExporterArgs {
  /** Image of redis_exporter. Default `oliver006/redis_exporter:v1.88.0`. Replaces the exporters. */
  exporterImage?: string;
}

import type * as pulumi from "@pulumi/pulumi";
import type { TopologyArgs } from "../../contract";
import type { AlertArgs } from "../../redis/exporter";

/** A Redis that somebody else runs: by `url`, or by its parts. */
export interface ExternalServerArgs {
  /** `redis://user:password@host:port` or `rediss://…`, percent-encoded, without database or query. Secret. Instead of all parts. */
  url?: pulumi.Input<string>;
  /** Host name or address, without brackets. */
  host?: string;
  /** TCP port, 1 to 65535. Default 6379. */
  port?: number;
  /** ACL user. Default `default`. */
  username?: string;
  /** Its password. Secret. May be absent on loopback only, or with `acceptInsecure`. */
  password?: pulumi.Input<string>;
  /** Whether the server speaks TLS. Default true, but on loopback false. Not beside `url`, whose scheme says it. */
  tls?: boolean;
  /** PEM of a private certificate authority. Default: the publicly trusted ones. */
  caCertificate?: string;
  /** Accepts in writing that the connection has no TLS or no password although it leaves this host. Default false. */
  acceptInsecure?: boolean;
  /** Whether the server runs in cluster mode, so that BullMQ's keys need a hash tag. Default: asked at `pulumi up`; required of a queue's with `checkAtDeploy: false`. */
  clusterMode?: boolean;
}

/** A topology of servers that exist already; nothing is created, so no change here costs anything but outputs. */
export interface ExternalTopologyArgs extends TopologyArgs {
  /** Where the cache is. Required with `cache`. */
  cacheServer?: ExternalServerArgs;
  /** Where the queue is. Required with `queue`. */
  queueServer?: ExternalServerArgs;
  /**
   * Whether `pulumi up` connects to each server and refuses one that is unreachable, too old, or a queue that
   * evicts. Default true. With false it only warns that nothing was checked, and
   * a queue's `clusterMode` must be given.
   */
  checkAtDeploy?: boolean;
  /** Alerts: Prometheus' files for exporters that you run, in the output `details`. Default: none. */
  monitoring?: MonitoringArgs;
}

/** Alerts of servers that somebody else runs. */
export interface MonitoringArgs extends AlertArgs {
  /** Where each role's redis_exporter answers, as your Prometheus reaches it. */
  exporters: ExporterAddresses;
}

/** `host:port` of each exporter. */
export interface ExporterAddresses {
  /** Such as `10.0.0.7:9121`. Required with `cache`. */
  cache?: string;
  /** Such as `10.0.0.7:9122`. Required with `queue`. */
  queue?: string;
}

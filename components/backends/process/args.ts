import type { TopologyArgs } from "../../contract";
import type { ExporterArgs } from "../../redis/exporter";
import type { Supervision } from "./supervision";

/** A topology of redis-server processes on this host. */
export interface ProcessTopologyArgs extends TopologyArgs {
  /**
   * Folder for configuration, logs and data, one folder a role inside. Relative to the program's folder.
   * Default `.redis-topology/<stack>` for a topology called `redis`, else `.redis-topology/<stack>/<name>`.
   * Changing it moves a queue's data there; the server is down meanwhile. A folder that cannot take the data (it holds
   * some, cannot be written, lies inside the old one, has too little room) is refused while the server still runs, one
   * where something else lies in the place of our files before anything. What we did not make is never removed.
   */
  directory?: string;
  /** Whether `destroy` deletes the queue's data too. Default false: it stays on disk and is found again. */
  deleteData?: boolean;
  /**
   * Who starts the servers again after a crash and after a reboot. `systemd`: units of the host, for which `up` runs as
   * root; `systemd-user`: units of this user, who must linger (`loginctl enable-linger`). Default: nobody but the next
   * `up`. A unit lets its server write into its folder only, and use a role's `memoryLimit` at most, which only a
   * supervised server has. A change restarts the servers in their folders; a queue is saved first.
   */
  supervise?: Supervision;
  /**
   * Metrics and alerts: a redis_exporter beside each server, in a unit of its own, and Prometheus' files in the output
   * `details`. Needs `supervise`, and redis_exporter on this host. Default: none.
   */
  monitoring?: ExporterArgs;
}

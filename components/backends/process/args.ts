import type { TopologyArgs } from "../../topology";

/** A topology of redis-server processes on this host. */
export interface ProcessTopologyArgs extends TopologyArgs {
  /**
   * Folder for configuration, logs and data, one folder a role inside. Relative to the program's folder.
   * Default `.redis-topology/<stack>` for a topology called `redis`, else `.redis-topology/<stack>/<name>`.
   * Changing it moves a queue's data there; the server is down meanwhile. A folder where something else
   * lies in the place of our files is refused, and what we did not make is never removed.
   */
  directory?: string;
  /** Whether `destroy` deletes the queue's data too. Default false: it stays on disk and is found again. */
  deleteData?: boolean;
}

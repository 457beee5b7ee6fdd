import type { TopologyArgs } from "../../contract";

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
}

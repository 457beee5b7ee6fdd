/** What the page is told; the state is the same as in src/status, which a browser cannot import. A type test holds them together. */
export interface Topology {
  title: string;
  backend: string;
  readOnly: boolean;
  hasQueues: boolean;
  guarantees: {
    roles: Role[];
    events: { title: string; cells: { word: string; detail: string; kept: boolean }[] }[];
  };
}

/** What `status --json` says. */
export interface State {
  ok: boolean;
  backend: string;
  at: string;
  sampleSeconds: number;
  problems: Problem[];
  roles: RoleState[];
}

export type Role = "cache" | "queue";

export interface Problem {
  role: Role;
  queue?: string | undefined;
  kind: string;
  severity: "critical" | "warning" | "note";
  text: string;
  command: string;
  runbook: string;
}

export interface RoleState {
  role: Role;
  address: string;
  server?: Server | undefined;
  queues: Queue[];
  allQueues: boolean;
}

export interface Queue {
  prefix: string;
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
  waitingChildren: number;
  paused: boolean;
  oldestWaitingMs?: number | undefined;
  completedPerMinute?: number | undefined;
  failedPerMinute?: number | undefined;
  workers?: number | undefined;
}

export interface Server {
  version: string;
  uptimeSeconds: number;
  loading: boolean;
  memory: {
    usedBytes: number;
    limitBytes: number;
    percent?: number | undefined;
    growthBytesPerSecond: number;
    fullInSeconds?: number | undefined;
    fragmentation?: number | undefined;
    policy?: string | undefined;
  };
  clients: { connected: number; limit?: number | undefined; blocked: number };
  opsPerSecond: number;
  hitRate?: number | undefined;
  evicted: Counter;
  rejected: Counter;
  refusedWrites: Counter;
  persistence: {
    aof?: { bytes: number; writes: string; rewrites: string; fsync?: string | undefined } | undefined;
    rdb?: { savedAt: number; unsavedChanges: number; lastSave: string } | undefined;
    recoverableTo: string;
  };
  replication?:
    | {
        role: "primary" | "replica";
        replicas: number;
        lagSeconds?: number | undefined;
        linkUp: boolean;
      }
    | undefined;
}

interface Counter {
  total: number;
  now: number;
}

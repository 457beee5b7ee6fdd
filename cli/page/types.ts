/** What the page is told; the same as in src/ui, which a browser cannot import. A type test holds them together. */
export interface Topology {
  title: string;
  backend: string;
  readOnly: boolean;
  hasQueues: boolean;
  guarantees: Record<string, Record<string, Outcome> | undefined>;
}

export interface Outcome {
  kept: boolean;
  lossSeconds: number;
  detail: string;
  elsewhere?: boolean | undefined;
}

export interface State {
  roles: RoleState[];
  queues: { prefix: string; name: string }[];
}

export interface RoleState {
  role: string;
  address: string;
  away?: string;
  figures?: Figures;
}

export interface Figures {
  software: string;
  uptime?: number;
  usedMemory?: number;
  maxMemory?: number;
  policy?: string;
  fragmentation?: number;
  clients?: number;
  maxClients?: number;
  opsPerSecond?: number;
  hitRate?: number;
  evicted?: number;
  rejected?: number;
  aof: string;
  aofSize?: number;
  snapshotAge?: number;
  snapshotOk?: boolean;
}

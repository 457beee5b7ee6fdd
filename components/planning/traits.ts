import type { Role } from "../redis/roles";
import type { Sentence } from "./sentence";

/** Settings of a role that only some backends can honour. */
export type OptionalSetting =
  | "maxMemory"
  | "memoryLimit"
  | "evictionPolicy"
  | "port"
  | "engine"
  | "version"
  | "password"
  | "previousPassword"
  | "config"
  | "persistence.size"
  | "persistence.storageClass";

/** What a backend says of itself, as plain data, so that shared code never asks which backend it has. */
export interface BackendTraits {
  readonly name: string;
  readonly defaultPorts: Readonly<Record<Role, number>>;
  /** Whether both roles listen on the same address, so that their ports must differ. */
  readonly sharesAddress: boolean;
  /** Settings that this backend cannot honour, each with the reason. Giving one is refused. */
  readonly refuses: Readonly<Partial<Record<OptionalSetting, Sentence>>>;
}

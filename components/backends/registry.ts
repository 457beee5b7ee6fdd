import type { Backend } from "./backend";
import type { DockerTopologyArgs } from "./docker/args";
import type { ElasticacheTopologyArgs } from "./elasticache/args";
import type { ExternalTopologyArgs } from "./external/args";
import type { KubernetesTopologyArgs } from "./kubernetes/args";
import type { LightsailTopologyArgs } from "./lightsail/args";
import type { ProcessTopologyArgs } from "./process/args";

/** The backends, as a stack file names them. */
export const BackendName = {
  Process: "process",
  Docker: "docker",
  Kubernetes: "kubernetes",
  Elasticache: "elasticache",
  External: "external",
  Lightsail: "lightsail",
} as const;
export type BackendName = (typeof BackendName)[keyof typeof BackendName];

/** What each backend's component takes. */
export interface BackendArgs {
  process: ProcessTopologyArgs;
  docker: DockerTopologyArgs;
  kubernetes: KubernetesTopologyArgs;
  elasticache: ElasticacheTopologyArgs;
  external: ExternalTopologyArgs;
  lightsail: LightsailTopologyArgs;
}

/** Adding a backend is its folder, its name and args above, and one line here; a missing line does not compile. */
const rooms: { readonly [Name in BackendName]: () => Promise<Backend<BackendArgs[Name]>> } = {
  process: async () => (await import("./process/schema")).processBackend,
  docker: async () => (await import("./docker/schema")).dockerBackend,
  kubernetes: async () => (await import("./kubernetes/schema")).kubernetesBackend,
  elasticache: async () => (await import("./elasticache/schema")).elasticacheBackend,
  external: async () => (await import("./external/schema")).externalBackend,
  lightsail: async () => (await import("./lightsail/schema")).lightsailBackend,
};

/** What is known of a backend before its provider is loaded. Each room is a few files that a run without it never reads. */
export function loadBackend<Name extends BackendName>(name: Name): Promise<Backend<BackendArgs[Name]>> {
  return rooms[name]();
}

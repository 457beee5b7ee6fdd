import type { Backend } from "./backend";

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

/** Adding a backend is its folder, its name above and one line here; a missing line does not compile. */
const rooms: Readonly<Record<BackendName, () => Promise<Backend>>> = {
  process: async () => (await import("./process/schema")).processBackend,
  docker: async () => (await import("./docker/schema")).dockerBackend,
  kubernetes: async () => (await import("./kubernetes/schema")).kubernetesBackend,
  elasticache: async () => (await import("./elasticache/schema")).elasticacheBackend,
  external: async () => (await import("./external/schema")).externalBackend,
  lightsail: async () => (await import("./lightsail/schema")).lightsailBackend,
};

/** What is known of a backend before its provider is loaded. Each room is a few files that a run without it never reads. */
export function loadBackend(name: BackendName): Promise<Backend> {
  return rooms[name]();
}

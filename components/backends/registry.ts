import type { Backend } from "./backend";
import { dockerBackend } from "./docker/settings";
import { elasticacheBackend } from "./elasticache/settings";
import { externalBackend } from "./external/settings";
import { kubernetesBackend } from "./kubernetes/settings";
import { lightsailBackend } from "./lightsail/settings";
import { processBackend } from "./process/settings";

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

/** Adding a backend is its folder and one line here; a missing line does not compile. */
export const backends: Readonly<Record<BackendName, Backend>> = {
  process: processBackend,
  docker: dockerBackend,
  kubernetes: kubernetesBackend,
  elasticache: elasticacheBackend,
  external: externalBackend,
  lightsail: lightsailBackend,
};

import type { Backend } from "./backend";
import { kubernetesBackend } from "./kubernetes/settings";
import { processBackend } from "./process/settings";

/** The backends, as a stack file names them. */
export const BackendName = { Process: "process", Kubernetes: "kubernetes" } as const;
export type BackendName = (typeof BackendName)[keyof typeof BackendName];

/** Adding a backend is its folder and one line here; a missing line does not compile. */
export const backends: Readonly<Record<BackendName, Backend>> = {
  process: processBackend,
  kubernetes: kubernetesBackend,
};

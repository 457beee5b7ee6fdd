import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import { KubernetesTopology } from "../../../components/backends/kubernetes/component";
import type { Recording } from "../../mocked/harness";
import { record } from "../../mocked/harness";
import { kubernetesState, subjects } from "../../mocked/subjects";
import type { KubernetesObject } from "./cluster";
import { eventually, get, kubectl, kubectlMeanwhile } from "./cluster";
import { manifests } from "./manifests";

/** A topology whose recorded manifests are in the cluster. */
export interface Deployment {
  readonly recording: Recording<KubernetesTopology>;
  readonly objects: readonly KubernetesObject[];
}

/** Records what the component declares and applies exactly that: server-side, unknown fields refused, as the provider does. */
export async function deploy(args: KubernetesTopologyArgs, before?: Deployment): Promise<Deployment> {
  const recording = await record(
    () => new KubernetesTopology("live", { ...subjects.kubernetes.required?.(args), ...args }),
    { state: kubernetesState },
  );
  const objects = manifests(recording.resources, before?.objects);
  for (const object of objects) apply(object);
  for (const object of objects.filter(({ kind }) => kind === "StatefulSet")) {
    await rolledOut(object.metadata.namespace, object.metadata.name);
  }
  return { recording, objects };
}

/** Applies one object; the error holds what the API server said. */
export function apply(object: KubernetesObject): void {
  kubectl(
    ["apply", "--server-side", "--validate=strict", "--field-manager=pulumi", "-f", "-"],
    JSON.stringify(object),
  );
}

/** Waits as the provider does: the newest revision is the one that runs, and it is ready. */
export async function rolledOut(namespace: string, name: string): Promise<void> {
  await eventually(`StatefulSet ${name} is ready`, () => {
    const { metadata, status } = get(namespace, "statefulset", name);
    return (
      status.observedGeneration === metadata.generation &&
      status.currentRevision === status.updateRevision &&
      status.readyReplicas === 1 &&
      (status.updatedReplicas ?? 1) === 1
    );
  });
}

/** Kills the pod at once and waits for its successor. */
export async function replacePod(namespace: string, pod: string, ...how: string[]): Promise<void> {
  const { uid } = get(namespace, "pod", pod).metadata;
  await kubectlMeanwhile(["-n", namespace, "delete", "pod", pod, "--wait=false", ...how]);
  await eventually(`${pod} is a new pod, and ready`, () => {
    const { metadata, status } = get(namespace, "pod", pod);
    return (
      metadata.uid !== uid &&
      status.conditions?.some(
        ({ type, status: is }: { type: string; status: string }) => type === "Ready" && is === "True",
      )
    );
  });
}

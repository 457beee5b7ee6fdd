import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { Api } from "./cluster";
import { ApiError } from "./cluster";
import { OWNER_LABEL } from "./owner";
import type { RehearsalInputs, RehearsalPod } from "./rehearsal";

/** Seconds that pulling the images and finding a node may take. */
const PATIENCE = 300;
/** Seconds in which a new namespace gets what every pod needs. */
const ADMISSION_PATIENCE = 15;
const INTERVAL = 300;

/** Reasons for which a container will not start by waiting (kubelet, `pkg/kubelet/images/types.go` and `kuberuntime`). */
const HOPELESS = [
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
];

/** What is read of a pod's status. */
export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
  readonly containerStatuses?: readonly { readonly name: string; readonly state?: ContainerState }[];
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

/** Runs the pod to its end and removes it; what is wrong with its images or its configuration. */
export async function rehearse(api: Api, { role, pod }: RehearsalInputs): Promise<Problem | undefined> {
  const pods = `/api/v1/namespaces/${pod.metadata.namespace}/pods`;
  const path = `${pods}/${pod.metadata.name}`;
  await removeOwn(api, path, pod);
  await admitted(api, pods, pod);
  try {
    const end = Date.now() + PATIENCE * 1000;
    for (;;) {
      const status = (await api.get<{ status?: PodStatus }>(path))?.status ?? {};
      const verdict = judge(role, pod, status);
      if (verdict !== "waiting") return verdict;
      if (Date.now() > end) return unfinished(role, pod, status);
      await sleep(INTERVAL);
    }
  } finally {
    await api.remove(`${path}?gracePeriodSeconds=0`);
  }
}

/** What a pod's status says: nothing wrong, something wrong, or not yet. Pure. */
export function judge(role: string, pod: RehearsalPod, status: PodStatus): Problem | undefined | "waiting" {
  for (const { name, state } of status.containerStatuses ?? []) {
    const image = pod.spec.containers.find((container) => container.name === name)?.image;
    const { waiting, terminated } = state ?? {};
    if (HOPELESS.includes(waiting?.reason ?? "")) return imageProblem(role, name, image, waiting);
    if (terminated === undefined || terminated.exitCode === 0) continue;
    const { exitCode, message, reason } = terminated;
    return name === "redis"
      ? configProblem(role, message ?? reason ?? `exit code ${exitCode}`)
      : imageProblem(role, name, image, { reason, message });
  }
  if (status.phase === "Succeeded") return undefined;
  if (status.phase !== "Failed") return "waiting";
  return failed(role, status.message ?? status.reason ?? "it failed");
}

function imageProblem(
  role: string,
  container: string,
  image: string | undefined,
  { reason, message }: ContainerState["waiting"] = {},
): Problem {
  return {
    key: container === "redis" ? `${role}Server.image` : "monitoring.exporterImage",
    was: `${image}: ${oneLine(message ?? reason ?? "it does not start")}`,
    allowed: "an image that the nodes can pull and start",
    fix: say`Correct the image or the version, or give ${key(`${role}Server.imagePullSecrets`)}. The running server was not touched.`,
  };
}

/** Redis names the line, and below it the reason. The line's values stay out: one may be a password. */
function configProblem(role: string, answer: string): Problem {
  const [, directive, reason] = />>> '([a-z0-9-]+)[^\n]*\n(.+)/i.exec(answer) ?? [];
  return {
    key: directive === undefined ? `${role}.config` : `${role}.config.${directive}`,
    was: `the server says: ${oneLine(reason ?? "it does not start with this configuration")}`,
    allowed: "what this version of the server takes",
    fix: "Correct the directive. The running server was not touched.",
  };
}

function unfinished(role: string, pod: RehearsalPod, status: PodStatus): Problem {
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  const waiting = status.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  const why = scheduled?.status === "False" ? scheduled.message : (waiting?.message ?? waiting?.reason);
  return failed(role, `pod ${pod.metadata.name} is not done after ${PATIENCE} s: ${why ?? "still running"}`);
}

function failed(role: string, why: string): Problem {
  return {
    key: `${role}Server`,
    was: oneLine(why),
    allowed: "settings with which a pod runs in this cluster",
    fix: say`Look at the namespace's events and at ${key(`${role}Server.nodeSelector`)}, ${key(`${role}Server.tolerations`)} and ${key(`${role}Server.affinity`)}. The running server was not touched.`,
  };
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

/** What an interrupted `up` left; a pod of somebody else stays, and the next step says that its name is taken. */
async function removeOwn(api: Api, path: string, pod: RehearsalPod): Promise<void> {
  const owner = pod.metadata.labels[OWNER_LABEL];
  for (;;) {
    const left = await api.get(path);
    if (left?.metadata.labels?.[OWNER_LABEL] !== owner) return;
    await api.remove(`${path}?gracePeriodSeconds=0`);
    await sleep(INTERVAL);
  }
}

/** A namespace that was made a moment ago has no service account yet, and refuses pods. */
async function admitted(api: Api, pods: string, pod: RehearsalPod): Promise<void> {
  const end = Date.now() + ADMISSION_PATIENCE * 1000;
  for (;;) {
    try {
      await api.post(pods, pod);
      return;
    } catch (error) {
      const early = error instanceof ApiError && /serviceaccount .* not found/.test(error.message);
      if (!early || Date.now() > end) throw error;
      await sleep(INTERVAL);
    }
  }
}

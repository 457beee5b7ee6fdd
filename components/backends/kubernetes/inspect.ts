import type { Problem } from "../../redis/problems";
import { shown } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { Api, Stored } from "./cluster";
import { ApiError } from "./cluster";
import type { ClusterGuardInputs, ClusterGuardState } from "./clusterGuard";
import type { FoundObject } from "./owner";
import { ownerProblems } from "./owner";
import { LONGHORN_API, LONGHORN_NAMESPACE } from "./storage";
import type { FoundVolume } from "./volume";
import { claimSize, volumeProblems } from "./volume";

const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** What is read of a claim. */
interface Claim {
  readonly spec: {
    readonly volumeName?: string;
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

/** What tells the copies of a volume: Longhorn's object, the persistent volume, the class. */
interface CopiedVolume {
  readonly spec?: {
    readonly numberOfReplicas?: number;
    readonly csi?: { readonly volumeAttributes?: Copies };
  };
  readonly parameters?: Copies;
}

interface Copies {
  readonly numberOfReplicas?: string;
}

/** What a look at the cluster gives. */
export interface Inspection {
  readonly problems: readonly Problem[];
  readonly state: ClusterGuardState;
}

/** Compares what the stack is about to do with what the cluster has. Changes nothing. */
export async function inspect(
  api: Api,
  context: string,
  inputs: ClusterGuardInputs,
  before: Partial<ClusterGuardState> | undefined,
): Promise<Inspection> {
  const cluster = await identity(api);
  const known = before?.cluster;
  if (known !== undefined && known !== cluster) {
    return { problems: [otherCluster(context, known, cluster)], state: { cluster } };
  }
  const problems = [
    ...(await namespaceProblems(api, inputs)),
    ...ownerProblems(inputs, await foundObjects(api, inputs)),
  ];
  const { volume } = inputs;
  if (volume === undefined) return { problems, state: { cluster } };
  const found = await foundVolume(api, volume.namespace, volume.claim);
  problems.push(...volumeProblems(before?.volume, volume, found));
  const { namespace: _, claim: __, ...wanted } = volume;
  return { problems, state: { cluster, volume: { ...wanted, size: claimSize(volume.wanted, found) } } };
}

async function identity(api: Api): Promise<string> {
  const system = await api.get("/api/v1/namespaces/kube-system");
  if (system === undefined) throw new Error("The cluster has no namespace kube-system to be known by.");
  return system.metadata.uid;
}

function otherCluster(context: string, known: string, cluster: string): Problem {
  return {
    key: "context",
    was: `${shown(context)} leads to the cluster ${cluster}`,
    allowed: `the cluster ${known}, in which the objects of this stack are (UIDs of the namespace kube-system)`,
    fix: say`Correct ${key("context")} or ${key("kubeconfig")}. For another cluster, make a second stack, and see docs/operations.md, "Move a queue".`,
  };
}

/** Left to the API server where it may not be read. */
async function namespaceProblems(
  api: Api,
  { existingNamespace: name }: ClusterGuardInputs,
): Promise<Problem[]> {
  if (name === undefined) return [];
  try {
    if ((await api.get(`/api/v1/namespaces/${name}`)) !== undefined) return [];
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
  return [
    {
      key: "namespace",
      was: say`the cluster has no namespace ${shown(name)}, and ${key("createNamespace")} is false`,
      allowed: "one that is there, or one that the stack creates",
      fix: say`Create it (\`kubectl create namespace ${name}\`), correct the name, or remove ${key("createNamespace")}.`,
    },
  ];
}

async function foundObjects(api: Api, { objects }: ClusterGuardInputs): Promise<FoundObject[]> {
  const found = await Promise.all(
    objects.map(async (object) => ({ object, stored: await api.get(object.path) })),
  );
  return found.flatMap(({ object, stored }) =>
    stored === undefined ? [] : [{ ...object, labels: stored.metadata.labels ?? {} }],
  );
}

async function foundVolume(api: Api, namespace: string, name: string): Promise<FoundVolume> {
  const claim = await api.get<Claim>(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`);
  if (claim === undefined) return foundClasses(api);
  const { spec, status } = claim;
  const { volumeName, storageClassName } = spec;
  const replicas = volumeName === undefined ? undefined : await copies(api, volumeName, storageClassName);
  return {
    claim: {
      request: spec.resources.requests.storage,
      ...(status?.capacity?.storage !== undefined && { capacity: status.capacity.storage }),
      storageClass: storageClassName ?? "",
      ...(replicas !== undefined && { replicas }),
    },
  };
}

/** Longhorn's own volume tells how many copies there are; where it cannot be read, what the volume was made with. */
async function copies(
  api: Api,
  volumeName: string,
  storageClassName: string | undefined,
): Promise<number | undefined> {
  const own = `/apis/${LONGHORN_API}/namespaces/${LONGHORN_NAMESPACE}/volumes/${volumeName}`;
  const read = (path: string) => readable(api.get<CopiedVolume>(path));
  const count =
    (await read(own))?.spec?.numberOfReplicas ??
    (await read(`/api/v1/persistentvolumes/${volumeName}`))?.spec?.csi?.volumeAttributes?.numberOfReplicas ??
    (await read(`${CLASSES}/${storageClassName}`))?.parameters?.numberOfReplicas;
  return count === undefined ? undefined : Number(count);
}

async function foundClasses(api: Api): Promise<FoundVolume> {
  const items = (await readable(api.get<{ items: Stored[] }>(CLASSES)))?.items;
  if (items === undefined) return {};
  const preset = items.find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  return {
    classes: items.map(({ metadata }) => metadata.name),
    ...(preset && { defaultClass: preset.metadata.name }),
  };
}

/** Undefined also for who may not read it: the check is then left to the API server. */
async function readable<Kind>(answer: Promise<Kind | undefined>): Promise<Kind | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return undefined;
    throw error;
  }
}

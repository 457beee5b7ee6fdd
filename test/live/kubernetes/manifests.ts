import type { Registration } from "../../mocked/harness";
import type { KubernetesObject } from "./cluster";

/** What must be there before the rest; everything else is applied in the order it was declared. */
const FIRST = ["Namespace", "StorageClass"];

/** The Kubernetes objects among registrations, as the provider sends them; `before`: what was sent the last time. */
export function manifests(
  resources: readonly Registration[],
  before: readonly KubernetesObject[] = [],
): KubernetesObject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map((resource) => ignoringChanges(plain(resource.inputs), resource.options.ignoreChanges ?? [], before))
    .sort((a, b) => rank(a) - rank(b));
}

/** Identity of an object. */
export function identity({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

function rank({ kind }: KubernetesObject): number {
  return FIRST.includes(kind) ? FIRST.indexOf(kind) : kind === "StatefulSet" ? 3 : 2;
}

/** As the engine does with `ignoreChanges`: the value of the last time stays. */
function ignoringChanges(
  object: KubernetesObject,
  paths: readonly string[],
  before: readonly KubernetesObject[],
): KubernetesObject {
  const old = before.find((candidate) => identity(candidate) === identity(object));
  for (const path of old ? paths : []) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const at = (root: KubernetesObject) => keys.reduce((value, key) => value?.[key], root);
    if (at(old)?.[last] !== undefined) at(object)[last] = at(old)[last];
  }
  return object;
}

/** The readable value behind recorded secrets. */
function plain(value: unknown): KubernetesObject {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  // A volume has a `secret` too, beside its name.
  if ("secret" in value && Object.keys(value).length === 1) return plain(value.secret);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

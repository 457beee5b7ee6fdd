import { createHash } from "node:crypto";
import type { Problem } from "../../redis/problems";
import { shown } from "../../redis/problems";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import type { DeclaredObject } from "./objects";

/** On every object: whose it is. What a `destroy` has kept is found again by it. */
export const OWNER_LABEL = "redis-topology/owner";
/** On a StatefulSet: which state runs it. Two checkouts of one stack have the same owner, and a state each. */
export const DEPLOYMENT_LABEL = "redis-topology/deployment";

/** Longest value of a label (kubernetes.io, "Labels and Selectors"). */
const MAX_LABEL = 63;
const HASH_LENGTH = 8;

/** `<project>.<stack>.<topology>` as a label may hold it; a hash keeps apart what had to be changed or cut. */
export function ownerOf(project: string, stack: string, topology: string): string {
  const parts = [project, stack, topology];
  const plain = parts.join(".");
  const isPlain = parts.every((part) => /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/.test(part));
  if (isPlain && plain.length <= MAX_LABEL) return plain;
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, HASH_LENGTH);
  const head = plain.replace(/[^A-Za-z0-9_.-]/g, "-").slice(0, MAX_LABEL - HASH_LENGTH - 1);
  return `${head.replace(/^[^A-Za-z0-9]+/, "") || "r"}-${hash}`;
}

/** Who runs the stack. */
export interface Owner {
  readonly owner: string;
  readonly deployment: string;
}

/** An object that is in the cluster already. */
export interface FoundObject extends DeclaredObject {
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What the stack may not take over. Its own label says that an object is its own: kept by a `destroy`, or made by an
 * `up` that was killed before it could write that down.
 */
export function ownerProblems({ owner, deployment }: Owner, found: readonly FoundObject[]): Problem[] {
  return found.flatMap((object) => {
    const { kind, name, labels } = object;
    if (labels[OWNER_LABEL] !== owner) return [foreign(object, owner)];
    const other = labels[DEPLOYMENT_LABEL];
    if (other === undefined || other === deployment) return [];
    return [
      {
        key: object.key,
        was: `the ${kind} ${shown(name)} is run by another checkout of this stack, whose state is not this one's`,
        allowed: "a stack that one state runs",
        fix: `Deploy from where it was deployed, or under another stack name. If that state is lost for good: \`kubectl${where(object)} delete ${kind.toLowerCase()} ${name}\` stops the server, and the next \`up\` takes over its volume.`,
      },
    ];
  });
}

function foreign(object: FoundObject, owner: string): Problem {
  const { kind, name, labels } = object;
  const its = labels[OWNER_LABEL];
  const way = WAYS[kind];
  return {
    key: object.key,
    was: `the cluster has a ${kind} ${shown(name)} already, ${its === undefined ? `without the label ${OWNER_LABEL}` : `of ${shown(its)}`}`,
    allowed: `a name that is free, or an object of this stack (${OWNER_LABEL}=${owner})`,
    fix: say`Choose another name${way ? say`, or ${way}` : ""}. If it is this stack's: \`kubectl${where(object)} label ${kind.toLowerCase()} ${name} ${OWNER_LABEL}=${owner} --overwrite\`.`,
  };
}

function where({ namespace }: DeclaredObject): string {
  return namespace === undefined ? "" : ` -n ${namespace}`;
}

/** How to use what is somebody else's, where that is possible. */
const WAYS: Readonly<Record<string, Sentence>> = {
  Namespace: say`use this one as it is with ${key("createNamespace", "false")}`,
  StorageClass: say`use this one as it is with ${key("queue.persistence.storageClass")} instead of ${key("storage.longhorn")}`,
};

import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { shown } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import { parseSize } from "../../redis/size";

/** The volume that the stack wants for its queue; plain data, kept in the state. */
export interface WantedVolume {
  /** Sizes as the API writes them. */
  readonly wanted: string;
  /** What the claim asks for: what is wanted, or what the volume has beyond it. */
  readonly size: string;
  /** Empty for the cluster's default. */
  readonly storageClass: string;
  /** Whether the stack creates the class itself. */
  readonly createsClass: boolean;
  /** Copies of the volume; 0 when the stack does not decide that. */
  readonly replicas: number;
}

/** What the cluster has of it; read anew on every run, so that a change which was refused is nowhere remembered. */
export interface FoundVolume {
  readonly claim?: {
    /** What it asks for, and what its volume has; unbound claims have none. */
    readonly request: string;
    readonly capacity?: string;
    readonly storageClass: string;
    /** Copies of its volume, where the cluster tells. */
    readonly replicas?: number;
  };
  /** Names of the storage classes, and the default one; undefined where this may not be read. */
  readonly classes?: readonly string[];
  readonly defaultClass?: string;
}

/** The claim's size. A volume that somebody has grown keeps what it has: no volume shrinks. */
export function claimSize(wanted: string, { claim }: FoundVolume): string {
  if (claim === undefined) return wanted;
  const size = parseSize(wanted);
  if (size >= parseSize(claim.request)) return wanted;
  // An expansion that failed may be taken back, but not below what the volume has.
  const { capacity } = claim;
  return capacity === undefined || size <= parseSize(capacity) ? claim.request : wanted;
}

/** Everything that the API server would refuse, or accept and never do. `before`: what the stack wanted the last time. */
export function volumeProblems(
  before: WantedVolume | undefined,
  after: WantedVolume,
  found: FoundVolume,
): Problem[] {
  const { claim } = found;
  if (claim === undefined) return classProblems(after, found);
  const problems: Problem[] = [];
  if (claim.capacity === undefined) return waitingProblems(after, claim.request);
  const lowered = before !== undefined && parseSize(after.wanted) < parseSize(before.wanted);
  const has = claim.capacity;
  if (lowered && parseSize(after.wanted) < parseSize(has)) {
    problems.push({
      key: "queue.persistence.size",
      was: shown(after.wanted),
      allowed: `${has} or more, which the volume has: no volume shrinks`,
      fix: 'For a smaller one, see docs/operations.md, "Move a queue".',
    });
  }
  // A claim without a class has been given the default one by the API server.
  const defaulted = after.storageClass === "" && (before === undefined || before.storageClass === "");
  if (!defaulted && after.storageClass !== claim.storageClass) {
    problems.push({
      key: "queue.persistence.storageClass",
      was: shownNear(after.storageClass, [claim.storageClass]),
      allowed: `${shown(claim.storageClass)}, in which the volume was made (empty is the cluster's default)`,
      fix: 'For another one, see docs/operations.md, "Move a queue".',
    });
  }
  if (after.replicas !== 0 && claim.replicas !== undefined && after.replicas !== claim.replicas) {
    problems.push({
      key: "storage.longhorn.replicas",
      was: shown(after.replicas),
      allowed: `${claim.replicas}, which the volume has: a class applies to new volumes only`,
      fix: "Change the volume itself first, in Longhorn's UI or with `kubectl -n longhorn-system edit volumes.longhorn.io`, then this number.",
    });
  }
  return problems;
}

/** A claim without a volume can become nothing at all, and holds nothing. */
function waitingProblems({ wanted, size }: WantedVolume, request: string): Problem[] {
  if (parseSize(wanted) === parseSize(request)) return [];
  return [
    {
      key: "queue.persistence.size",
      was: shown(size),
      allowed: `${request}, for which the claim still waits: only a claim with a volume can change`,
      fix: "Delete the claim (`kubectl get pvc` shows it Pending), which holds nothing yet, and deploy again.",
    },
  ];
}

function classProblems(after: WantedVolume, { classes, defaultClass }: FoundVolume): Problem[] {
  if (after.createsClass || classes === undefined) return [];
  const has = classes.length === 0 ? "it has none" : `it has ${[...classes].sort().join(", ")}`;
  if (after.storageClass === "" && defaultClass === undefined) {
    return [
      {
        key: "queue.persistence.storageClass",
        was: "missing, and the cluster has no default class",
        allowed: `a class of the cluster: ${has}`,
        fix: say`Name one, create one with ${key("storage.longhorn")}, or mark one as the default (annotation storageclass.kubernetes.io/is-default-class).`,
      },
    ];
  }
  if (after.storageClass === "" || classes.includes(after.storageClass)) return [];
  return [
    {
      key: "queue.persistence.storageClass",
      was: shownNear(after.storageClass, classes),
      allowed: `a class of the cluster: ${has}`,
      fix: "Correct the name, or create the class first.",
    },
  ];
}

import { type Problem, shown } from "../../redis/problems";
import { parseSize } from "../../redis/size";

/** What a claim cannot give back once it has it; plain data, kept in the state. */
export interface FixedVolume {
  /** `namespace/name` of the claim. */
  readonly claim: string;
  readonly size: string;
  /** Empty for the cluster's default. */
  readonly storageClass: string;
}

/** Every change that the API server would refuse, or that would replace the claim and so the data. */
export function volumeProblems(before: FixedVolume, after: FixedVolume): Problem[] {
  if (before.claim !== after.claim) return [];
  const problems: Problem[] = [];
  if (parseSize(after.size) < parseSize(before.size)) {
    problems.push({
      key: "queue.persistence.size",
      was: shown(after.size),
      allowed: `${before.size} or more, which the volume has: no volume shrinks`,
      fix: 'For a smaller one, see docs/operations.md, "Move a queue".',
    });
  }
  if (after.storageClass !== before.storageClass) {
    problems.push({
      key: "queue.persistence.storageClass",
      was: shown(after.storageClass),
      allowed: `${shown(before.storageClass)}, in which the volume was made (empty is the cluster's default)`,
      fix: 'For another one, see docs/operations.md, "Move a queue".',
    });
  }
  return problems;
}

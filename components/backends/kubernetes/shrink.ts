import * as pulumi from "@pulumi/pulumi";
import { parseSize } from "../../redis/size";

/** What the engine shows a hook of a claim. */
interface ClaimInputs {
  spec?: { resources?: { requests?: { storage?: string } } };
}

/**
 * Refuses a smaller volume in the preview already, with the reason. The API server would refuse it too, but with
 * other objects changed by then.
 */
export function refuseShrinking(name: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    ({ oldInputs, newInputs }) => {
      const problem = shrinking(oldInputs, newInputs);
      if (problem) throw new Error(problem);
    },
    { onDryRun: true },
  );
}

/** Why these new inputs of a claim cannot be; undefined when they can. */
export function shrinking(oldInputs: ClaimInputs = {}, newInputs: ClaimInputs = {}): string | undefined {
  const before = oldInputs.spec?.resources?.requests?.storage;
  const after = newInputs.spec?.resources?.requests?.storage;
  if (before === undefined || after === undefined || parseSize(after) >= parseSize(before)) return undefined;
  return `queue.persistence.size: ${after} is smaller than the volume's ${before}. Allowed: ${before} or more, since no volume shrinks. Put ${before} back; for a smaller one, see docs/operations.md, "Move a queue".`;
}

import type { Proofs } from "../../redis/proofs";
import { CACHE_PROOFS, KILLED, REDEPLOYED } from "../../redis/proofs";

export const PROOFS: Proofs = {
  cache: CACHE_PROOFS,
  queue: {
    processCrash: KILLED,
    redeploy: REDEPLOYED,
    hostCrash:
      "test/live/kubernetes/power.test.ts: comes back with every write but those of the stated seconds",
    destroy:
      "test/live/kubernetes/killed.test.ts: what a destroy keeps is taken over by a new state, with what it holds",
  },
};

import type { Proofs } from "../../redis/proofs";
import { CACHE_PROOFS, EVERYSEC_SOURCE, KILLED, REDEPLOYED } from "../../redis/proofs";

export const PROOFS: Proofs = {
  cache: CACHE_PROOFS,
  queue: {
    processCrash: KILLED,
    redeploy: REDEPLOYED,
    hostCrash: EVERYSEC_SOURCE,
    destroy:
      "test/live/docker/docker.test.ts: two stacks share an engine, and destroying one keeps its queue for the next up",
  },
};

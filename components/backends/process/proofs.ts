import type { Proofs } from "../../redis/proofs";
import { CACHE_PROOFS, EVERYSEC_SOURCE, KILLED, REDEPLOYED } from "../../redis/proofs";

const DESTROYED =
  "test/live/process-provider.test.ts: deleting keeps a queue's data and finds it again; deleteData and a cache leave nothing";

export const PROOFS: Proofs = {
  cache: { ...CACHE_PROOFS, destroy: DESTROYED },
  queue: {
    processCrash: KILLED,
    redeploy: REDEPLOYED,
    hostCrash: EVERYSEC_SOURCE,
    destroy: DESTROYED,
  },
};

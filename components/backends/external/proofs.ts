import type { Proofs } from "../../redis/proofs";

const UNTOUCHED =
  "test/mocked/external.test.ts: defaults: a URL per role, each server checked, nothing created";
const PROOF = { redeploy: UNTOUCHED, destroy: UNTOUCHED };

/** The rest is the provider's promise. */
export const PROOFS: Proofs = { cache: PROOF, queue: PROOF };

import { EVENTS } from "../../redis/guarantees";
import type { Proofs } from "../../redis/proofs";

const NO_DISK =
  'Lightsail documentation, "Container services": a container keeps nothing beyond its own life';
const ALL = Object.fromEntries(EVENTS.map((event) => [event, NO_DISK]));

export const PROOFS: Proofs = { cache: ALL, queue: ALL };

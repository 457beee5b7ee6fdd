import type { Proofs, RoleProofs } from "../../redis/proofs";

const FAILOVER = 'ElastiCache User Guide, "Minimizing downtime in ElastiCache with Multi-AZ"';

/** AWS's own words: no test of this repository may fail over a group of its users. */
const GROUP: RoleProofs = {
  processCrash: FAILOVER,
  redeploy: 'ElastiCache User Guide, "Modifying a replication group"',
  hostCrash: FAILOVER,
  hostLoss: FAILOVER,
  zoneLoss: FAILOVER,
  destroy: 'ElastiCache User Guide, "Creating a final backup"',
};

export const PROOFS: Proofs = { cache: GROUP, queue: GROUP };

export type { ElasticacheTopologyArgs, GroupArgs } from "./args";
export { Durability } from "./args";
export { ElasticacheTopology } from "./component";

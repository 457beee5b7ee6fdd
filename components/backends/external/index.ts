export type { ExternalServerArgs, ExternalTopologyArgs } from "./args";
export { ExternalTopology } from "./component";

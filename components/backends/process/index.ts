export type { ProcessTopologyArgs } from "./args";
export { ProcessTopology } from "./topology";

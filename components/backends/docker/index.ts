export type { DockerTopologyArgs } from "./args";
export { DockerTopology } from "./topology";

export * from "./args";
export { DockerTopology } from "./topology";

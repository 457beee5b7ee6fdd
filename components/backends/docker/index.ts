export * from "./args";
export { DockerTopology } from "./component";

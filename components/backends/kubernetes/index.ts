export * from "./args";
export { KubernetesTopology } from "./component";

export * from "./args";
export { KubernetesTopology } from "./topology";

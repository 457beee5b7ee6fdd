export * from "./args";
export { ExternalTopology } from "./topology";

export * from "./args";
export { LightsailTopology } from "./topology";

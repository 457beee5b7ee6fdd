export * from "./args";
export { ProcessTopology } from "./topology";

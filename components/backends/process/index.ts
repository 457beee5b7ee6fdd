export * from "./args";
export { ProcessTopology } from "./component";

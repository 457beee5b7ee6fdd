export * from "./args";
export { ElasticacheTopology } from "./topology";

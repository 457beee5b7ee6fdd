export type {
  KubernetesTopologyArgs,
  LonghornArgs,
  MonitoringArgs,
  NetworkArgs,
  RecurringJobArgs,
  ServerArgs,
  StorageArgs,
} from "./args";
export { DataLocality, FileSystem, PullPolicy, RecurringTask } from "./args";
export { KubernetesTopology } from "./topology";

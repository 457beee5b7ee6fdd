export type { AppContainer, LightsailTopologyArgs, PublicEndpoint } from "./args";
export { Power } from "./args";
export { LightsailTopology } from "./component";

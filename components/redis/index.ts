/** What this project knows of Redis and BullMQ, as plain functions on plain data: for tools around a topology. */
export { isLoopback, isPort } from "./address";
export type { AlertThresholds } from "./alerts";
export { BackoffType, bullmqDefaults, ioredisTls } from "./bullmq";
export { renderConfig } from "./config";
export type { Connection } from "./connection";
export { connectionUrl, environment } from "./connection";
export type { Guarantees, Outcome, RoleGuarantees } from "./guarantees";
export { EVENT_TITLES, EVENTS, elsewhere, outcomeText } from "./guarantees";
export type { Info } from "./info";
export { parseInfo, serverName } from "./info";
export { maxMemoryWithin, memoryFloor } from "./memory";
export { urlPart } from "./quote";
export type { Directive } from "./roles";
export { Engine, EVICTION_POLICIES, EvictionPolicy, ROLES, Role, roleDirectives } from "./roles";
export { formatSize, parseSize, SIZE_FORMS } from "./size";
export { compareVersions, LEAST_VERSION, SOFTWARE } from "./software";
export type { RoleWays, Ways, WayValues } from "./ways";
export { wayCommand } from "./ways";

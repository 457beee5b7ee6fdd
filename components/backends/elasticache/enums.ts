/** How a group in cluster mode acknowledges writes; `disabled` is one without a durable log, which may get one later. */
export const Durability = { Sync: "sync", Async: "async", Disabled: "disabled" } as const;
export type Durability = (typeof Durability)[keyof typeof Durability];

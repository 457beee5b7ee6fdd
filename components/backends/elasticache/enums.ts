/** How a durable group acknowledges writes. */
export const Durability = { Sync: "sync", Async: "async" } as const;
export type Durability = (typeof Durability)[keyof typeof Durability];

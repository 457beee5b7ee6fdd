/** Sizes of a container service's node. */
export const Power = {
  Nano: "nano",
  Micro: "micro",
  Small: "small",
  Medium: "medium",
  Large: "large",
  Xlarge: "xlarge",
} as const;
export type Power = (typeof Power)[keyof typeof Power];

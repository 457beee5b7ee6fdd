type Sizes = Readonly<Record<string, number>>;

const BURSTABLE: Sizes = { micro: 536870912, small: 1471026299, medium: 3317862236 };
const M: Sizes = { large: 6854542746, xlarge: 13891921715, "2xlarge": 27966669210, "4xlarge": 56116178125 };
const M_GRAVITON: Sizes = {
  ...M,
  "8xlarge": 111325552312,
  "12xlarge": 168715971994,
  "16xlarge": 225000375228,
};
const R: Sizes = { large: 14037181030, xlarge: 28261849702, "2xlarge": 56711183565, "4xlarge": 113609865216 };
const R_GRAVITON: Sizes = {
  ...R,
  "8xlarge": 225000375228,
  "12xlarge": 341206346547,
  "16xlarge": 450000750456,
};
const C7GN: Sizes = {
  large: 3317862236,
  xlarge: 6854542746,
  "2xlarge": 13891921715,
  "4xlarge": 27966669210,
  "8xlarge": 56116178125,
  "12xlarge": 84357985997,
  "16xlarge": 113609865216,
};

const M8G: Sizes = {
  large: 7294178820,
  xlarge: 15222495510,
  "2xlarge": 31866224640,
  "4xlarge": 65856864256,
  "8xlarge": 133838143488,
  "12xlarge": 201819422720,
  "16xlarge": 269800701952,
};
const R8G: Sizes = {
  large: 15222495510,
  xlarge: 31866224640,
  "2xlarge": 65856864256,
  "4xlarge": 133838143488,
  "8xlarge": 269800701952,
  "12xlarge": 405763260416,
  "16xlarge": 541725818880,
};
const C8GN: Sizes = {
  large: 3330020474,
  xlarge: 7294178820,
  "2xlarge": 15222495510,
  "4xlarge": 31866224640,
  "8xlarge": 65856864256,
  "12xlarge": 99847503872,
  "16xlarge": 133838143488,
};

/**
 * `maxmemory` in bytes by node family and size, before reserved memory. ElastiCache User Guide, "Valkey and
 * Redis OSS node-type specific parameters".
 */
export const SIZES: Readonly<Record<string, Sizes>> = {
  t3: BURSTABLE,
  t4g: BURSTABLE,
  m5: { ...M, "12xlarge": 168715971994, "24xlarge": 337500562842 },
  m6g: M_GRAVITON,
  m7g: M_GRAVITON,
  r5: { ...R, "12xlarge": 341206346547, "24xlarge": 682485973811 },
  r6g: R_GRAVITON,
  r7g: R_GRAVITON,
  c7gn: C7GN,
  m8g: M8G,
  r8g: R8G,
  c8gn: C8GN,
};

/** Families that stand in the table of Valkey alone. */
export const VALKEY_ONLY: readonly string[] = ["m8g", "r8g", "c8gn"];

/** Bytes of a node type before reserved memory; undefined for one that is not in the tables. */
export function memoryOf(nodeType: string): number | undefined {
  const [, family = "", size = ""] = nodeType.split(".");
  const sizes = SIZES[family];
  return sizes !== undefined && Object.hasOwn(sizes, size) ? sizes[size] : undefined;
}

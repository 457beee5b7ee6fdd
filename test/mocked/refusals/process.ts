import type { Refusal } from "../subjects";

export const processRefusals: readonly Refusal[] = [
  [
    {},
    "cache, queue: both missing. Allowed: at least one of the two roles. Add `cache: {}` or `queue: {}`; every setting in it has a default.",
  ],
  [
    { queue: { memoryLimit: "1Gi", persistence: { size: "10Gi", storageClass: "fast" } } },
    "queue.memoryLimit: given. Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.",
    "queue.persistence.size: given. Allowed: nothing on the process backend: the data lies in a folder, and the disk sets its size. Remove the setting.",
    "queue.persistence.storageClass: given. Allowed: nothing on the process backend: the data lies in a folder of this host. Remove the setting.",
  ],
  [
    { cache: { port: 7000 }, queue: { port: 7000 } },
    "cache.port, queue.port: both 7000. Allowed: two different ports, since both roles share one address. Give one of them another port.",
  ],
  [
    { cache: { memoryLimit: "16Mi", config: { port: "1", "maxmemory-policy": "allkeys-lfu" } } },
    'cache.memoryLimit: "16Mi". Allowed: at least 1.1 × 16Mi + 32Mi = 52009370 bytes, so that Redis refuses writes before the kernel kills it. Raise `cache.memoryLimit`.',
    "cache.config.port: given. Allowed: any directive but `port`. Remove it: set `cache.port` instead.",
    'cache.config.maxmemory-policy: "allkeys-lfu". Allowed: `cache.evictionPolicy`. Remove it: the policy has a setting of its own.',
    "cache.memoryLimit: given. Allowed: nothing on the process backend: a plain process has no memory limit of its own. Remove the setting.",
  ],
];

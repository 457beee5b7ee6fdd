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
  [
    { queue: {}, supervise: "systemd", directory: "/var/tmp/redis" },
    '«directory»: "/var/tmp/redis", in /var/tmp. Allowed: a folder that outlives a reboot, since `«supervise»` starts the servers after one. Choose another, such as /var/lib/redis-topology.',
  ],
  [
    {
      cache: { envPrefix: "REDIS" },
      queue: { envPrefix: "REDIS", bullmq: { keepCompletedForever: true, keepCompletedAge: 5 } },
    },
    "cache.envPrefix, queue.envPrefix: both write REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_URL, REDIS_TLS, REDIS_PREFIX, REDIS_CA_CERT. Allowed: names apart, or an application takes one server for the other. Change one of them; without the setting they are REDIS and REDIS_QUEUE.",
    "queue.bullmq.keepCompletedForever: true beside `queue.bullmq.keepCompletedAge`. Allowed: true alone, or limits. Remove one of the two.",
  ],
];

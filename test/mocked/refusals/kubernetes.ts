import type { Refusal } from "../subjects";

export const kubernetesRefusals: readonly Refusal[] = [
  [
    { queue: {}, context: undefined },
    "«context»: missing. Allowed: one of `«context»`, `«useCurrentContext»: true` and `«renderTo»`. Name the cluster's context (`kubectl config get-contexts` lists them), so that nothing goes to whichever cluster happens to be current.",
  ],
  [
    { queue: {}, useCurrentContext: true, renderTo: "manifests" },
    "«context»: `«context»` and `«useCurrentContext»` and `«renderTo»` together. Allowed: one of `«context»`, `«useCurrentContext»: true` and `«renderTo»`. Name the cluster's context (`kubectl config get-contexts` lists them), so that nothing goes to whichever cluster happens to be current.",
  ],
  [
    { queue: {}, namespace: "Redis", queueServer: { name: "My_Queue" } },
    "«namespace»: a text of 5 characters. Allowed: lower-case letters, digits and inner hyphens, at most 63 characters. Choose another name.",
    "«queueServer.name»: a text of 8 characters. Allowed: lower-case letters, digits and inner hyphens, at most 40 characters. Choose another name.",
  ],
  [
    { cache: {}, queue: {}, cacheServer: { name: "redis" }, queueServer: { name: "redis" } },
    "«cacheServer.name», «queueServer.name»: both the same. Allowed: two different names. Give one of them another name.",
  ],
  [
    {
      queue: { version: "7.4", port: 9121 },
      queueServer: { image: "redis:7", memoryRequest: "1Ti", cpuRequest: "0", cpuLimit: "2 cores" },
    },
    "«queueServer.image», queue.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
    '«queueServer.memoryRequest»: "1Ti". Allowed: at most the memory limit, 640Mi. Lower it, or raise `queue.memoryLimit`.',
    '«queueServer.cpuRequest»: "0". Allowed: cores above zero, such as "0.5" or "500m". Correct the amount.',
    '«queueServer.cpuLimit»: a text of 7 characters. Allowed: cores above zero, such as "0.5" or "500m". Correct the amount.',
    "queue.port: 9121. Allowed: any port but 9121, on which the pod's exporter listens. Choose another port, or switch `«monitoring.exporter»` off.",
  ],
  [
    { queue: {}, queueServer: { memoryRequest: "much" } },
    '«queueServer.memoryRequest»: a text of 4 characters is not a size. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct the size.',
  ],
  [
    {
      queue: { persistence: { storageClass: "fast", size: "1Gi" }, maxMemory: "2Gi" },
      storage: {
        longhorn: { replicas: 0 },
        recurringJobs: [{ name: "My Job", task: "backup", cron: "@daily", retain: 0 }],
      },
    },
    "«storage.recurringJobs.0.name»: a text of 6 characters. Allowed: lower-case letters, digits and inner hyphens, at most 40 characters. Choose another name.",
    "«storage.recurringJobs.0.retain»: 0. Allowed: a whole number from 1 to 250. Correct the number.",
    '«storage.recurringJobs.0.cron»: one field. Allowed: five fields, such as "0 */6 * * *". Correct the line.',
    "queue.persistence.storageClass, «storage.longhorn»: both given. Allowed: one of the two: a class by name, or one that is created. Remove one of them.",
    "«storage.longhorn.replicas»: 0. Allowed: a whole number from 1 to 20. Correct the number; 3 survives the loss of two nodes.",
    'queue.persistence.size: "1Gi". Allowed: at least 4 × 2Gi + 256Mi = 8448Mi, so that AOF, its rewrite and a snapshot fit side by side. Raise it, or lower `queue.maxMemory`.',
  ],
  [
    { queue: {}, storage: { longhorn: { dataLocality: "strict-local" } }, monitoring: { queues: ["a:b"] } },
    '«storage.longhorn.dataLocality»: "strict-local". Allowed: `strict-local` only with `«storage.longhorn.replicas»: 1`. Use `best-effort`, which keeps one of the copies on the pod\'s node.',
    "«monitoring.queues»: a text of 3 characters. Allowed: names of BullMQ queues, without spaces, colons, commas and equals signs. Give the name as in `new Queue(name)`.",
  ],
  [
    { queue: {}, network: { clientLabels: {}, openNamespaces: [] } },
    "«network.clientLabels»: empty, without `«network.clientNamespaces»`. Allowed: at least one label: without any, every pod of the cluster could connect. Remove it, and name the namespaces whose pods need no label as `«network.openNamespaces»`.",
    "«network.openNamespaces»: empty. Allowed: names of namespaces. Name some, or remove the setting.",
  ],
];

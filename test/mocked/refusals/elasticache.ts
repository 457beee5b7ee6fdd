import type { Refusal } from "../subjects";

export const elasticacheRefusals: readonly Refusal[] = [
  [
    { queue: {}, vpcId: undefined, subnetIds: undefined, allowedSecurityGroups: undefined },
    "«vpcId»: missing. Allowed: a VPC, such as vpc-0a1b2c3d. Give the id of the VPC in which the applications run.",
    "«subnetIds»: 0 of them. Allowed: at least 2, in different zones, since a group is Multi-AZ. Give private subnets of the VPC.",
    "«allowedSecurityGroups», «allowedCidrs»: both missing. Allowed: at least one client. Give the applications' security groups; without one nobody reaches Redis.",
  ],
  [
    { queue: {}, subnetIds: ["subnet-a", "subnet-a"] },
    '«subnetIds»: "subnet-a" more than once. Allowed: each subnet once. Remove the repetition, or give the subnet that was meant.',
  ],
  [
    { queue: {}, allowedCidrs: ["0.0.0.0/0", "10.0.0.0/33", "10.0.0.5/16", "::ffff:10.0.0.0/104"] },
    '«allowedCidrs»: "0.0.0.0/0". Allowed: the applications\' own networks. Narrow it; if every address is meant, say so again with `«allowAnyAddress»: true`.',
    '«allowedCidrs»: "10.0.0.0/33". Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.',
    '«allowedCidrs»: "10.0.0.5/16". Allowed: the first address of the network, 10.0.0.0/16. Write that, or /32 if the one address is meant.',
    '«allowedCidrs»: "::ffff:10.0.0.0/104". Allowed: an IPv4 network in its own form, such as 10.0.0.0/16. Write it without ::ffff:.',
  ],
  [
    { queue: {}, maintenanceWindow: "sun:04:00-sun:04:30", queueGroup: { snapshotWindow: "2-3" } },
    '«maintenanceWindow»: "sun:04:00-sun:04:30". Allowed: ddd:hh:mm-ddd:hh:mm in UTC, at least 60 minutes, such as sun:04:00-sun:05:00. Correct the window.',
    "«queueGroup.snapshotWindow»: a text of 3 characters. Allowed: hh:mm-hh:mm in UTC, at least 60 minutes, such as 02:00-03:00. Correct the window.",
  ],
  [
    { queue: {}, maintenanceWindow: "sun:02:00-sun:03:00" },
    '«queueGroup.snapshotWindow»: "02:00-03:00". Allowed: a window apart from the maintenance window sun:02:00-sun:03:00. Move one of the two.',
  ],
  [
    { queue: {}, cacheGroup: {}, tags: { "aws:x": "y" }, alarmTopics: ["ops"], eventTopic: "ops" },
    "«cacheGroup»: given without `cache`. Allowed: only together with `cache`. Add `cache: {}`, or remove `«cacheGroup»`.",
    "«tags»: a text of 5 characters with a text of 1 character as its value. Allowed: a key of 1 to 128 and a value of at most 256 letters, digits, spaces and _ . : / = + - @, the key not beginning with aws:. Shorten or rename it.",
    "«alarmTopics»: a text of 3 characters. Allowed: the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ops. Give the topic's ARN; the SNS console shows it.",
    "«eventTopic»: a text of 3 characters. Allowed: the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ops. Give the topic's ARN; the SNS console shows it.",
  ],
  [
    {
      queue: {},
      alarmMemoryPercent: 0,
      alarmConnections: 0,
      logRetentionDays: 2,
      queueGroup: { nodes: 7, snapshotDays: 36, reservedMemoryPercent: 91 },
    },
    "«queueGroup.nodes»: 7. Allowed: a whole number from 1 to 6. Correct the number.",
    "«queueGroup.snapshotDays»: 36. Allowed: a whole number from 0 to 35. Correct the number.",
    "«queueGroup.reservedMemoryPercent»: 91. Allowed: a whole number from 0 to 90. Correct the number.",
    "«alarmMemoryPercent»: 0. Allowed: a whole number from 1 to 100. Correct the number.",
    "«alarmConnections»: 0. Allowed: a whole number from 1 to 65000. Correct the number.",
    "«logRetentionDays»: 2. Allowed: 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. Choose one of these.",
  ],
  [
    { cache: { version: "6.2", memoryLimit: "1Gi" } },
    "cache.memoryLimit: given. Allowed: nothing on the elasticache backend: the node type sets it (`«cacheGroup.nodeType»`, `«queueGroup.nodeType»`). Remove the setting.",
    'cache.version: "6.2". Allowed: 7.2, 8.0, 8.1, 8.2, 9.0, 9.1 for valkey, or a later one. Choose one of these; ElastiCache takes major and minor version.',
  ],
  [
    {
      queue: { config: { appendonly: "yes", save: "900 1", "reserved-memory": "1", appendfsync: "always" } },
    },
    "queue.config.appendonly: given. Allowed: a parameter of ElastiCache. Remove it: ElastiCache writes no AOF and keeps snapshots instead.",
    "queue.config.save: given. Allowed: a parameter of ElastiCache. Remove it: set `«queueGroup.snapshotDays»` and `«queueGroup.snapshotWindow»` instead.",
    "queue.config.reserved-memory: given. Allowed: a parameter of ElastiCache. Remove it: set `«queueGroup.reservedMemoryPercent»` instead.",
    "queue.config.appendfsync: given. Allowed: a parameter of ElastiCache. Remove it: ElastiCache writes no AOF and keeps snapshots instead.",
  ],
  [
    {
      cache: {
        config: {
          "reserved-memory-percent": "1",
          databases: "2",
          "client-output-buffer-limit": "normal 0 0 0",
          lua: "1",
          timeout: "-1",
        },
      },
    },
    "cache.config.reserved-memory-percent: given. Allowed: a parameter of ElastiCache. Remove it: set `«cacheGroup.reservedMemoryPercent»` instead.",
    "cache.config.client-output-buffer-limit: 4 values. Allowed: one value, since a parameter of ElastiCache has one. Use the names of the ElastiCache User Guide, such as client-output-buffer-limit-pubsub-hard-limit.",
    'cache.config.lua: given. Allowed: a parameter of the family valkey8 that can be changed (ElastiCache User Guide, "Valkey and Redis OSS parameters"). Remove it, or correct its name.',
    'cache.config.timeout: "-1". Allowed: 0, or a whole number from 20 on. Correct the value.',
  ],
  [
    { queue: { password: "too short" }, cache: { previousPassword: "0123456789abcdef" } },
    "cache.previousPassword: ‹given without `cache.password`›. Allowed: only beside a new `cache.password`. Give the new `cache.password` too: both are valid until `cache.previousPassword` is removed.",
    "queue.password: ‹9 characters, symbols among them›. Allowed: 16 to 128 letters, digits and ! & # $ ^ < > -. Choose another one, or remove the setting to have one made.",
  ],
  [
    { cache: {}, cacheGroup: { durability: "sync" } },
    '«cacheGroup.durability»: "sync". Allowed: nothing: a cache persists nothing. Remove the setting.',
  ],
  [
    {
      queue: { version: "8.2", bullmq: { prefix: "jobs" } },
      queueGroup: { nodes: 1, nodeType: "cache.t4g.medium", durability: "sync" },
    },
    "queue.acceptDataLoss: this backend loses the queue (processCrash: The only node keeps everything in memory. The last daily snapshot can be restored by hand, up to 24 hours old. hostCrash: The only node keeps everything in memory. The last daily snapshot can be restored by hand, up to 24 hours old.). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with `queue.acceptDataLoss: true`.",
    '«queueGroup.durability»: "sync". Allowed: only with valkey 9.0 or later, not valkey 8.2. Set `queue.version: "9.0"`.',
    '«queueGroup.durability»: "sync". Allowed: only with Multi-AZ and a replica. Set `«queueGroup.nodes»` to 2 or more.',
    '«queueGroup.durability»: "sync". Allowed: only on nodes of the families r7g, r6g, m7g, m6g, c7gn, not cache.t4g.medium. Choose one of these.',
    "queue.bullmq.prefix: a text of 4 characters. Allowed: one with a hash tag, such as {bull}, since a durable group runs in cluster mode. Put braces around it, or remove the setting.",
  ],
  [
    { cache: { maxMemory: "500Gi" } },
    "cache.maxMemory: 500Gi. Allowed: at most 429154Mi - 25 % reserved = 321865Mi, the largest node. Lower it: one group is one shard.",
  ],
  [
    { queue: { maxMemory: "1Gi" }, queueGroup: { nodeType: "cache.t4g.small" } },
    '«queueGroup.nodeType»: "cache.t4g.small", which holds 1402Mi - 50 % reserved = 701Mi. Allowed: a node that holds `queue.maxMemory`, 1Gi. Use cache.t4g.medium, or remove the setting.',
  ],
  [
    { queue: { maxMemory: "500Gi" }, queueGroup: { nodeType: "cache.r7g.large" } },
    '«queueGroup.nodeType»: "cache.r7g.large", which holds 13386Mi - 25 % reserved = 10040Mi. Allowed: a node that holds `queue.maxMemory`, 500Gi. Lower `queue.maxMemory`.',
  ],
  [
    { queue: {}, queueGroup: { nodeType: "large" }, cache: {}, cacheGroup: { nodeType: "serverless" } },
    "«cacheGroup.nodeType»: serverless. Allowed: a node type: on ElastiCache Serverless BullMQ's scripts fail (cluster mode without a single slot). Remove the setting to have the smallest node chosen.",
    "«queueGroup.nodeType»: a text of 5 characters. Allowed: cache.<family>.<size>, such as cache.r7g.large; known are the families t3, t4g, m5, m6g, m7g, r5, r6g, r7g, c7gn, m8g, r8g, c8gn. Choose one of these, or remove the setting to have the smallest chosen.",
  ],
  [
    { queue: { persistence: { size: "1Gi", storageClass: "fast" } } },
    "queue.persistence.size: given. Allowed: nothing on the elasticache backend: the data lies in memory, and snapshots in AWS's own storage. Remove the setting.",
    "queue.persistence.storageClass: given. Allowed: nothing on the elasticache backend: the data lies in memory, and snapshots in AWS's own storage. Remove the setting.",
  ],
  [
    { queue: {}, queueGroup: { nodes: 1, snapshotDays: 0 } },
    "queue.acceptDataLoss: this backend loses the queue (processCrash: The only node keeps everything in memory. There are no snapshots. hostCrash: The only node keeps everything in memory. There are no snapshots.). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with `queue.acceptDataLoss: true`.",
  ],
  [
    { queue: {}, bastion: "bastion.example.com" },
    "«bastion»: a text of 19 characters. Allowed: the id of an instance, such as i-0a1b2c3d4e5f67890. Correct it, or remove the setting.",
  ],
];

import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ElasticacheTopologyArgs } from "../../components/backends/elasticache/args";
import { ElasticacheTopology } from "../../components/backends/elasticache/component";
import { record, refusals, resolved } from "./harness";
import { subjects } from "./subjects";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const RANDOM_ID = "random:index/randomId:RandomId";
const GUARD = "pulumi-nodejs:dynamic/redis-topology:ReplacementGuard";

const network = { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"], allowedSecurityGroups: ["sg-app"] };

const create = (args: Partial<ElasticacheTopologyArgs>, stack = "prod") =>
  record(() => new ElasticacheTopology("r", { ...network, ...args }), {
    stack,
    state: subjects.elasticache.state,
  });

test("defaults: a queue on two nodes in two zones, with everything it needs", async () => {
  const recording = await create({ queue: {} });
  const queue = "redis-topology-prod-r-queue";
  const tags = (name: string) => ({
    Name: name,
    "pulumi:project": "redis-topology",
    "pulumi:stack": "prod",
    "redis-topology": "r",
  });
  const child = (type: string, name: string, inputs: object, options: object = {}) => ({
    type,
    name,
    custom: true,
    inputs,
    options: { parent: "r", ...options },
  });
  const logs = (logType: string) =>
    child("aws:cloudwatch/logGroup:LogGroup", `r-queue-${logType}`, {
      name: `/aws/vendedlogs/elasticache/${queue}/${logType}`,
      retentionInDays: 30,
      tags: tags(queue),
    });
  const delivery = (logType: string) => ({
    destination: `/aws/vendedlogs/elasticache/${queue}/${logType}`,
    destinationType: "cloudwatch-logs",
    logFormat: "json",
    logType,
  });
  expect(recording.resources).toEqual([
    {
      type: "redis-topology:index:ElasticacheTopology",
      name: "r",
      custom: false,
      inputs: {},
      options: {},
    },
    child(SECURITY_GROUP, "r-queue-clients", {
      name: `redis-${queue}`,
      description: "Clients of the Redis topology: queue",
      vpcId: "vpc-1",
      ingress: [
        { description: "Redis", protocol: "tcp", fromPort: 6379, toPort: 6379, securityGroups: ["sg-app"] },
      ],
      tags: tags(queue),
    }),
    child(
      "aws:secretsmanager/secret:Secret",
      "r-queue-connection",
      {
        name: `${queue}-0a1b2c3d`,
        description: "Connection of the Redis topology: queue",
        recoveryWindowInDays: 7,
        tags: tags(queue),
      },
      { protect: true, dependsOn: ["r-queue-connection-name"] },
    ),
    child(RANDOM_ID, "r-queue-connection-name", { byteLength: 4, keepers: { groupId: queue } }),
    child(
      "aws:secretsmanager/secretVersion:SecretVersion",
      "r-queue-connection-version",
      {
        secretId: "r-queue-connection-id",
        secretString: {
          secret: JSON.stringify({
            host: "r-queue-group.cache.example",
            port: 6379,
            username: "default",
            password: "Generated0123456789",
            tls: true,
            url: "rediss://default:Generated0123456789@r-queue-group.cache.example:6379",
          }),
        },
      },
      {
        dependsOn: ["r-queue-connection", "r-queue-group", "r-queue-password"],
        additionalSecretOutputs: ["secretBinary", "secretString", "secretStringWo"],
      },
    ),
    logs("engine-log"),
    child(RANDOM_ID, "r-queue-final-snapshot", {
      byteLength: 4,
      keepers: {
        groupId: queue,
        port: "6379",
        vpcId: "vpc-1",
        kmsKeyId: "",
        engine: "valkey",
        version: "8.2",
        clustered: "false",
      },
    }),
    child(
      GROUP,
      "r-queue-group",
      {
        replicationGroupId: queue,
        description: "Redis topology: queue",
        engine: "valkey",
        engineVersion: "8.2",
        nodeType: "cache.t4g.micro",
        port: 6379,
        parameterGroupName: `${queue}-valkey8`,
        numCacheClusters: 2,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        subnetGroupName: "redis-topology-prod-r-subnets",
        securityGroupIds: ["r-queue-clients-id"],
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        atRestEncryptionEnabled: true,
        authToken: { secret: "Generated0123456789" },
        authTokenUpdateStrategy: "SET",
        snapshotRetentionLimit: 7,
        snapshotWindow: "02:00-03:00",
        finalSnapshotIdentifier: `${queue}-0a1b2c3d`,
        maintenanceWindow: "sun:04:00-sun:05:00",
        applyImmediately: true,
        autoMinorVersionUpgrade: false,
        logDeliveryConfigurations: [delivery("slow-log"), delivery("engine-log")],
        tags: tags(queue),
      },
      {
        protect: true,
        deleteBeforeReplace: true,
        dependsOn: [
          "r-queue-clients",
          "r-queue-engine-log",
          "r-queue-final-snapshot",
          "r-queue-parameters",
          "r-queue-password",
          "r-queue-slow-log",
          "r-subnets",
        ],
        ignoreChanges: ["snapshotName"],
        additionalSecretOutputs: ["authToken", "authTokenWo"],
        customTimeouts: { create: "60m", update: "120m", delete: "60m" },
      },
    ),
    // After the group, whose outputs it takes: what AWS refused is never remembered.
    child(
      GUARD,
      "r-queue-guard",
      {
        __provider: "exports.handler = () => require('redis-topology/elasticache-provider').provider;",
        role: "queue",
        groupId: queue,
        port: 6379,
        vpcId: "vpc-1",
        kmsKeyId: "",
        engine: "valkey",
        version: "8.2",
        clustered: false,
        enforced: true,
        minorUpgrades: false,
        groupArn: "arn:aws:r-queue-group",
        actualVersion: "8.2.1",
        token: { secret: createHash("sha256").update("Generated0123456789").digest("hex") },
        previousToken: "",
        tokenMade: true,
      },
      { dependsOn: ["r-queue-group", "r-queue-password"] },
    ),
    child(PARAMETERS, "r-queue-parameters", {
      name: `${queue}-valkey8`,
      family: "valkey8",
      description: "Redis topology: queue",
      parameters: [
        { name: "maxmemory-policy", value: "noeviction" },
        { name: "reserved-memory-percent", value: "50" },
      ],
      tags: tags(queue),
    }),
    child(
      "random:index/randomPassword:RandomPassword",
      "r-queue-password",
      { length: 40, special: false },
      { additionalSecretOutputs: ["bcryptHash", "result"] },
    ),
    logs("slow-log"),
    child("aws:elasticache/subnetGroup:SubnetGroup", "r-subnets", {
      name: "redis-topology-prod-r-subnets",
      description: "Redis topology",
      subnetIds: ["subnet-a", "subnet-b"],
      tags: tags("redis-topology-prod-r-subnets"),
    }),
  ]);
  expect(await resolved(recording.result.details)).toEqual({ queueSecretArn: "arn:aws:r-queue-connection" });
});

test("defaults: a cache is one node without snapshots, unprotected", async () => {
  const { get } = await create({ cache: {} });
  const { inputs, options } = get(GROUP, "r-cache-group");
  expect(inputs).toMatchObject({
    numCacheClusters: 1,
    automaticFailoverEnabled: false,
    multiAzEnabled: false,
    snapshotRetentionLimit: 0,
  });
  expect(Object.keys(inputs).filter((key) => /snapshot(Window|Name)|final/i.test(key))).toEqual([]);
  expect(options.protect).toBeUndefined();
  expect(get("aws:secretsmanager/secret:Secret", "r-cache-connection").options.protect).toBeUndefined();
  // Nothing of a cache is kept from replacement; the guard is for an upgrade that `minorUpgrades` would ignore.
  expect(get(GUARD, "r-cache-guard").inputs).toMatchObject({ role: "cache", enforced: false });
});

test("overrides: both roles, everything said", async () => {
  const { get, result, list } = await create({
    cache: {
      maxMemory: "20gb",
      evictionPolicy: "allkeys-lfu",
      engine: "redis",
      port: 6390,
      config: { timeout: "300" },
    },
    queue: { maxMemory: "4gb", version: "9.0", password: "given-token-0123456789" },
    allowedSecurityGroups: [],
    allowedCidrs: ["10.0.0.0/16", "2001:db8::/32", "0.0.0.0/0"],
    allowAnyAddress: true,
    cacheGroup: {
      nodes: 2,
      multiAz: false,
      snapshotDays: 1,
      snapshotWindow: "01:00-02:30",
      finalSnapshot: true,
    },
    queueGroup: {
      nodes: 3,
      durability: "sync",
      snapshotDays: 35,
      restoreFrom: "old-jobs",
      reservedMemoryPercent: 30,
    },
    kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/k",
    maintenanceWindow: "mon:05:00-mon:06:00",
    applyImmediately: false,
    minorUpgrades: true,
    logRetentionDays: 0,
    alarmTopics: ["arn:aws:sns:eu-west-1:123456789012:ops"],
    alarmMemoryPercent: 70,
    alarmConnections: 50,
    protect: false,
    tags: { team: "jobs", Name: "ours" },
  });
  const cache = get(GROUP, "r-cache-group");
  expect(cache.inputs).toMatchObject({
    engine: "redis",
    engineVersion: "7.1",
    nodeType: "cache.r7g.2xlarge",
    port: 6390,
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: false,
    snapshotRetentionLimit: 1,
    snapshotWindow: "01:00-02:30",
    finalSnapshotIdentifier: "redis-topology-prod-r-cache-0a1b2c3d",
    kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/k",
    maintenanceWindow: "mon:05:00-mon:06:00",
    applyImmediately: false,
    autoMinorVersionUpgrade: true,
    logDeliveryConfigurations: [],
    tags: { Name: "ours", team: "jobs" },
  });
  expect(cache.options.ignoreChanges).toEqual(["engineVersion", "snapshotName"]);
  expect(get(PARAMETERS, "r-cache-parameters").inputs).toMatchObject({
    name: "redis-topology-prod-r-cache-redis7",
    family: "redis7",
    parameters: [
      { name: "maxmemory-policy", value: "allkeys-lfu" },
      { name: "reserved-memory-percent", value: "25" },
      { name: "timeout", value: "300" },
    ],
  });
  expect(get(SECURITY_GROUP, "r-cache-clients").inputs.ingress).toEqual([
    {
      description: "Redis",
      protocol: "tcp",
      fromPort: 6390,
      toPort: 6390,
      cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"],
      ipv6CidrBlocks: ["2001:db8::/32"],
    },
  ]);
  const queue = get(GROUP, "r-queue-group");
  expect(queue.options.protect).toBeUndefined();
  expect(get("aws:secretsmanager/secret:Secret", "r-queue-connection").options.protect).toBeUndefined();
  expect(queue.inputs).toMatchObject({
    clusterMode: "enabled",
    numNodeGroups: 1,
    replicasPerNodeGroup: 2,
    durability: "sync",
    nodeType: "cache.m7g.large",
    snapshotName: "old-jobs",
    authToken: { secret: "given-token-0123456789" },
  });
  expect(queue.inputs).not.toHaveProperty("numCacheClusters");
  expect(get(PARAMETERS, "r-queue-parameters").inputs).toMatchObject({
    name: "redis-topology-prod-r-queue-valkey9-cluster",
    family: "valkey9",
    parameters: [
      { name: "cluster-enabled", value: "yes" },
      { name: "maxmemory-policy", value: "noeviction" },
      { name: "reserved-memory-percent", value: "30" },
    ],
  });
  expect(get(GUARD, "r-queue-guard").inputs).toMatchObject({
    clustered: true,
    enforced: false,
    minorUpgrades: true,
  });
  expect(await resolved(result.queue?.host ?? "")).toBe("clustercfg.r-queue-group.cache.example");
  expect(await resolved(result.bullmq?.prefix)).toBe("{bull}");
  // Redis itself keeps no AOF there, and `verify` must not demand one.
  expect(result.guarantees.queue?.processCrash).toMatchObject({ kept: true, lossSeconds: 0, ownLog: true });
  expect(list().filter((entry) => /LogGroup|RandomPassword r-queue/.test(entry))).toEqual([]);
  expect(
    list()
      .filter((entry) => entry.startsWith(ALARM))
      .map((entry) => entry.slice(ALARM.length + 1)),
  ).toEqual([
    ...alarms("r-cache", 2, [
      "RedisConnectionsHigh",
      "RedisDown",
      "RedisEngineCpuHigh",
      "RedisMemoryHigh",
      "RedisSwap",
    ]),
    ...alarms("r-queue", 3, [
      "RedisConnectionsHigh",
      "RedisDown",
      "RedisEngineCpuHigh",
      "RedisMemoryHigh",
      "RedisQueueEvictions",
      "RedisReplicationLag",
      "RedisSwap",
    ]),
  ]);
  expect(get(ALARM, "r-queue-RedisMemoryHigh-3")).toEqual({
    type: ALARM,
    name: "r-queue-RedisMemoryHigh-3",
    custom: true,
    inputs: {
      name: "redis-topology-prod-r-queue-RedisMemoryHigh-3",
      alarmDescription:
        "Redis uses most of its maxmemory. A queue refuses writes when it is full; a cache evicts. Clean completed jobs or raise maxMemory. Runbook: docs/operations.md#memory-is-nearly-full",
      namespace: "AWS/ElastiCache",
      metricName: "DatabaseMemoryUsagePercentage",
      statistic: "Average",
      period: 60,
      evaluationPeriods: 5,
      dimensions: { CacheClusterId: "redis-topology-prod-r-queue-0001-004" },
      comparisonOperator: "GreaterThanThreshold",
      threshold: 70,
      treatMissingData: "notBreaching",
      alarmActions: ["arn:aws:sns:eu-west-1:123456789012:ops"],
      okActions: ["arn:aws:sns:eu-west-1:123456789012:ops"],
      tags: queue.inputs.tags,
    },
    options: { parent: "r", dependsOn: ["r-queue-group"] },
  });
  // A dead node sends nothing: only here does that fire.
  expect(get(ALARM, "r-queue-RedisDown-1").inputs).toMatchObject({
    metricName: "CurrConnections",
    statistic: "Maximum",
    comparisonOperator: "LessThanOrEqualToThreshold",
    threshold: 0,
    evaluationPeriods: 5,
    treatMissingData: "breaching",
    dimensions: { CacheClusterId: "redis-topology-prod-r-queue-0001-002" },
  });
  expect(queue.inputs.notificationTopicArn).toBe("arn:aws:sns:eu-west-1:123456789012:ops");
});

test("AWS's own events go to a topic of their own where one is given", async () => {
  const eventTopic = "arn:aws:sns:eu-west-1:123456789012:events";
  const { get } = await create({ cache: {}, queue: {}, eventTopic });
  for (const role of ["cache", "queue"]) {
    expect(get(GROUP, `r-${role}-group`).inputs.notificationTopicArn).toBe(eventTopic);
  }
});

test("a group in cluster mode without a durable log promises what replication does, and no more", async () => {
  const { get, result } = await create({
    queue: { version: "9.0" },
    queueGroup: { durability: "disabled" },
  });
  expect(get(GROUP, "r-queue-group").inputs).toMatchObject({
    clusterMode: "enabled",
    durability: "disabled",
  });
  expect(result.guarantees.queue?.processCrash).toMatchObject({ kept: true, lossSeconds: 10 });
  expect(await resolved(result.bullmq?.prefix)).toBe("{bull}");
});

test("a token is rotated in two steps, which change nothing but the token", async () => {
  const group = async (queue: ElasticacheTopologyArgs["queue"]) =>
    (await create({ queue })).get(GROUP, "r-queue-group").inputs;
  const [old, next] = ["old-token-0123456789", "new-token-0123456789"];
  const before = await group({ password: old });
  const both = await group({ password: next, previousPassword: pulumi.secret(old) });
  const after = await group({ password: next });
  expect(both).toEqual({ ...before, authToken: { secret: next }, authTokenUpdateStrategy: "ROTATE" });
  expect(after).toEqual({ ...both, authTokenUpdateStrategy: "SET" });
});

test("a new engine changes the group in place, and replaces the parameter group under another name", async () => {
  const before = await create({ queue: { engine: "redis" } });
  const after = await create({ queue: { engine: "valkey" } });
  const changed = (name: string, type: string) => {
    const [old, now] = [before.get(type, name).inputs, after.get(type, name).inputs];
    return Object.keys(now).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
  };
  expect(changed("r-queue-group", GROUP)).toEqual(["engine", "engineVersion", "parameterGroupName"]);
  expect(changed("r-queue-parameters", PARAMETERS)).toEqual(["family", "name"]);
});

/** What replaces a replication group: ForceNew in terraform-provider-aws, replication_group.go, and a downgrade. */
const REPLACING = [
  "atRestEncryptionEnabled",
  "kmsKeyId",
  "port",
  "replicationGroupId",
  "snapshotName",
  "subnetGroupName",
  "clusterMode",
];

test.each<[Partial<ElasticacheTopologyArgs>, string[]]>([
  [{ queue: { maxMemory: "1gb" } }, ["nodeType"]],
  [{ queueGroup: { nodeType: "cache.r7g.large" } }, ["nodeType"]],
  [{ queueGroup: { nodes: 3 } }, ["numCacheClusters"]],
  [{ queueGroup: { multiAz: false } }, ["multiAzEnabled"]],
  [
    { queueGroup: { snapshotDays: 1, snapshotWindow: "01:00-02:00" } },
    ["snapshotRetentionLimit", "snapshotWindow"],
  ],
  [{ queueGroup: { finalSnapshot: false } }, ["finalSnapshotIdentifier"]],
  [{ queueGroup: { reservedMemoryPercent: 25 } }, []],
  [{ queue: { config: { timeout: "60" } } }, []],
  [{ subnetIds: ["subnet-a", "subnet-b", "subnet-c"] }, []],
  [{ allowedCidrs: ["10.0.0.0/8"] }, []],
  [{ maintenanceWindow: "mon:05:00-mon:06:00" }, ["maintenanceWindow"]],
  [{ applyImmediately: false }, ["applyImmediately"]],
  [{ minorUpgrades: true }, ["autoMinorVersionUpgrade"]],
  [{ logRetentionDays: 0 }, ["logDeliveryConfigurations"]],
  [{ alarmTopics: ["arn:aws:sns:eu-west-1:123456789012:ops"] }, ["notificationTopicArn"]],
  [{ queue: { version: "9.0" } }, ["engineVersion", "parameterGroupName"]],
  [{ tags: { team: "jobs" } }, ["tags"]],
])("%j changes the queue's group in place, and only in %j", async (change, expected) => {
  const group = async (args: Partial<ElasticacheTopologyArgs>) =>
    (await create({ queue: {}, ...args })).get(GROUP, "r-queue-group").inputs;
  const [before, after] = [await group({}), await group(change)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  expect(changed.sort()).toEqual(expected);
  expect(changed.filter((name) => REPLACING.includes(name))).toEqual([]);
});

function alarms(prefix: string, nodes: number, names: string[]): string[] {
  return names.flatMap((name) => Array.from({ length: nodes }, (_, node) => `${prefix}-${name}-${node + 1}`));
}

test("a version and node types newer than this program pass with a warning", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  onTestFinished(() => warn.mockRestore());
  const { get } = await create({
    cache: { version: "10.0" },
    cacheGroup: { nodeType: "cache.z9gn.48xlarge" },
    queue: { engine: "redis" },
    queueGroup: { nodeType: "cache.r8g.large" },
  });
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    "cache.version: valkey 10.0 is not known to this program (known: 7.2, 8.0, 8.1, 8.2, 9.0, 9.1): AWS decides whether it has it.",
    "cacheGroup.nodeType: cache.z9gn.48xlarge is not known to this program: AWS decides whether it has it, and whether it holds `cache.maxMemory` is not checked.",
    "queueGroup.nodeType: AWS lists r8g for valkey and not for redis; it decides whether it has cache.r8g.large.",
  ]);
  expect(get(GROUP, "r-cache-group").inputs).toMatchObject({
    engineVersion: "10.0",
    nodeType: "cache.z9gn.48xlarge",
  });
  expect(get(PARAMETERS, "r-cache-parameters").inputs).toMatchObject({
    name: "redis-topology-prod-r-cache-valkey10",
    family: "valkey10",
    parameters: [
      { name: "maxmemory-policy", value: "allkeys-lru" },
      { name: "reserved-memory-percent", value: "25" },
    ],
  });
});

test.each([
  ["9.1", "cache.m8g.large", "valkey9"],
  ["9.0", "cache.c8gn.xlarge", "valkey9"],
])("valkey %s on %s is known", async (version, nodeType, family) => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  onTestFinished(() => warn.mockRestore());
  const { get } = await create({ cache: { version, maxMemory: "2gb" }, cacheGroup: { nodeType } });
  expect(warn.mock.calls).toEqual([]);
  expect(get(PARAMETERS, "r-cache-parameters").inputs.family).toBe(family);
});

test("a queue's policy that was changed by hand is named on every run, a cache's is its own affair", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  onTestFinished(() => warn.mockRestore());
  const asked: string[] = [];
  await record(() => new ElasticacheTopology("r", { ...network, cache: {}, queue: {} }), {
    stack: "prod",
    state: (args) => {
      if (!args.name.endsWith("-now")) return subjects.elasticache.state(args);
      asked.push(`${args.type} ${args.name} ${args.id}`);
      return { parameters: [{ name: "maxmemory-policy", value: "volatile-lru" }] };
    },
  });
  expect(asked).toEqual([`${PARAMETERS} r-queue-parameters-now r-queue-parameters-id`]);
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    "The parameter group r-queue-parameters-id has volatile-lru for maxmemory-policy, and not noeviction: jobs can be evicted. Somebody changed it outside of this program; `pulumi up --refresh` puts it right.",
  ]);
});

test("a cache without snapshots is not refused for their window", async () => {
  const { get } = await create({ cache: {}, maintenanceWindow: "sun:02:00-sun:03:00" });
  expect(get(GROUP, "r-cache-group").inputs).not.toHaveProperty("snapshotWindow");
});

const SINGLE =
  "The only node keeps everything in memory. The last daily snapshot can be restored by hand, up to 24 hours old.";

test.each<[string, Partial<ElasticacheTopologyArgs>, string[]]>([
  [
    "a queue on one node",
    { queue: {}, queueGroup: { nodes: 1 } },
    [
      `queue.acceptDataLoss: this backend loses the queue (processCrash: ${SINGLE} hostCrash: ${SINGLE}). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with \`queue.acceptDataLoss: true\`.`,
    ],
  ],
  [
    "a node that is too small, with the arithmetic",
    { queue: { maxMemory: "1gb" }, queueGroup: { nodeType: "cache.t4g.small" } },
    [
      'queueGroup.nodeType: "cache.t4g.small", which holds 1402Mi - 50 % reserved = 701Mi. Allowed: a node that holds `queue.maxMemory`, 1Gi. Use cache.t4g.medium, or remove the setting.',
    ],
  ],
  [
    "more than the largest node holds",
    { cache: { maxMemory: "500gb" } },
    [
      "cache.maxMemory: 500Gi. Allowed: at most 429154Mi - 25 % reserved = 321865Mi, the largest node. Lower it: one group is one shard.",
    ],
  ],
  [
    "serverless",
    { queue: {}, queueGroup: { nodeType: "serverless" } },
    [
      "queueGroup.nodeType: serverless. Allowed: a node type: on ElastiCache Serverless BullMQ's scripts fail (cluster mode without a single slot). Remove the setting to have the smallest node chosen.",
    ],
  ],
  [
    "what is no node type",
    { cache: {}, cacheGroup: { nodeType: "r7g.large" } },
    [
      "cacheGroup.nodeType: a text of 9 characters. Allowed: cache.<family>.<size>, such as cache.r7g.large; known are the families t3, t4g, m5, m6g, m7g, r5, r6g, r7g, c7gn, m8g, r8g, c8gn. Choose one of these, or remove the setting to have the smallest chosen.",
    ],
  ],
  [
    "the whole Internet, said once",
    { cache: {}, allowedCidrs: ["0.0.0.0/0", "10.0.0.0/33"] },
    [
      'allowedCidrs: "0.0.0.0/0". Allowed: the applications\' own networks. Narrow it; if every address is meant, say so again with `allowAnyAddress: true`.',
      'allowedCidrs: "10.0.0.0/33". Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.',
    ],
  ],
  [
    "networks that EC2 does not take",
    {
      cache: {},
      allowedCidrs: [
        "10.0.0.5/16",
        "fe80::1%eth0/64",
        "::ffff:10.0.0.0/104",
        "2001:db8::1/64",
        "010.0.0.0/8",
        "10.0.0.0/08",
      ],
    },
    [
      'allowedCidrs: "10.0.0.5/16". Allowed: the first address of the network, 10.0.0.0/16. Write that, or /32 if the one address is meant.',
      "allowedCidrs: a text of 15 characters. Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.",
      'allowedCidrs: "::ffff:10.0.0.0/104". Allowed: an IPv4 network in its own form, such as 10.0.0.0/16. Write it without ::ffff:.',
      'allowedCidrs: "2001:db8::1/64". Allowed: the first address of the network, 2001:db8::/64. Write that, or /128 if the one address is meant.',
      'allowedCidrs: "010.0.0.0/8". Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.',
      'allowedCidrs: "10.0.0.0/08". Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.',
    ],
  ],
  [
    "the same subnet twice",
    { queue: {}, subnetIds: ["subnet-a", "subnet-a"] },
    [
      'subnetIds: "subnet-a" more than once. Allowed: each subnet once. Remove the repetition, or give the subnet that was meant.',
    ],
  ],
  [
    "topics that SNS or CloudWatch does not take, and alarms that could never fire",
    {
      cache: {},
      alarmTopics: [
        "ops",
        ...["1", "2", "3", "4", "5"].map((n) => `arn:aws:sns:eu-west-1:123456789012:ops${n}`),
      ],
      eventTopic: "arn:aws:sqs:eu-west-1:123456789012:ops",
      alarmMemoryPercent: 101,
      alarmConnections: -1,
    },
    [
      "alarmTopics: a text of 3 characters. Allowed: the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ops. Give the topic's ARN; the SNS console shows it.",
      "eventTopic: a text of 38 characters. Allowed: the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ops. Give the topic's ARN; the SNS console shows it.",
      "alarmTopics: 6 of them. Allowed: at most 5, as CloudWatch has it. Subscribe the others to one of these.",
      "alarmMemoryPercent: 101. Allowed: a whole number from 1 to 100. Correct the number.",
      "alarmConnections: -1. Allowed: a whole number from 1 to 65000. Correct the number.",
    ],
  ],
  [
    "no network",
    { cache: {}, vpcId: undefined, subnetIds: [], allowedSecurityGroups: [] },
    [
      "vpcId: missing. Allowed: a VPC, such as vpc-0a1b2c3d. Give the id of the VPC in which the applications run.",
      "subnetIds: 0 of them. Allowed: at least 1. Give private subnets of the VPC.",
      "allowedSecurityGroups, allowedCidrs: both missing. Allowed: at least one client. Give the applications' security groups; without one nobody reaches Redis.",
    ],
  ],
  [
    "one subnet for Multi-AZ",
    { queue: {}, subnetIds: ["subnet-a"] },
    [
      "subnetIds: 1 of them. Allowed: at least 2, in different zones, since a group is Multi-AZ. Give private subnets of the VPC.",
    ],
  ],
  [
    "a password that AWS does not take, without showing it",
    { queue: { password: "p@ss" } },
    [
      "queue.password: 4 characters, symbols among them. Allowed: 16 to 128 letters, digits and ! & # $ ^ < > -. Choose another one, or remove the setting to have one made.",
    ],
  ],
  [
    "a rotation without a new password",
    { queue: { previousPassword: "old-token-0123456789" } },
    [
      "queue.previousPassword: given without `queue.password`. Allowed: only beside a new `queue.password`. Give the new `queue.password` too: both are valid until `queue.previousPassword` is removed.",
    ],
  ],
  [
    "durability where it cannot be",
    {
      queue: { bullmq: { prefix: "jobs" } },
      queueGroup: { durability: "sync", nodes: 1, nodeType: "cache.r5.large" },
    },
    [
      'queueGroup.durability: "sync". Allowed: only with valkey 9.0 or later, not valkey 8.2. Set `queue.version: "9.0"`.',
      'queueGroup.durability: "sync". Allowed: only with Multi-AZ and a replica. Set `queueGroup.nodes` to 2 or more.',
      'queueGroup.durability: "sync". Allowed: only on nodes of the families r7g, r6g, m7g, m6g, c7gn, not cache.r5.large. Choose one of these.',
      "queue.bullmq.prefix: a text of 4 characters. Allowed: one with a hash tag, such as {bull}, since a durable group runs in cluster mode. Put braces around it, or remove the setting.",
    ].flatMap((line, index) =>
      index === 0
        ? [
            `queue.acceptDataLoss: this backend loses the queue (processCrash: ${SINGLE} hostCrash: ${SINGLE}). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with \`queue.acceptDataLoss: true\`.`,
            line,
          ]
        : [line],
    ),
  ],
  [
    "engine versions that AWS cannot have",
    { cache: { engine: "redis", version: "6.2" }, queue: { version: "8.2.1" } },
    [
      'cache.version: "6.2". Allowed: 7.0, 7.1 for redis, or a later one. Choose one of these; ElastiCache takes major and minor version.',
      'queue.version: "8.2.1". Allowed: 7.2, 8.0, 8.1, 8.2, 9.0, 9.1 for valkey, or a later one. Choose one of these; ElastiCache takes major and minor version.',
    ],
  ],
  [
    "AOF settings, and a directive that is several parameters",
    { queue: { config: { appendfsync: "always", "client-output-buffer-limit": "pubsub 32mb 8mb 60" } } },
    [
      "queue.config.appendfsync: given. Allowed: a parameter of ElastiCache. Remove it: ElastiCache writes no AOF and keeps snapshots instead.",
      "queue.config.client-output-buffer-limit: 4 values. Allowed: one value, since a parameter of ElastiCache has one. Use the names of the ElastiCache User Guide, such as client-output-buffer-limit-pubsub-hard-limit.",
    ],
  ],
  [
    "what is no parameter of the family, cannot be changed, or is out of range",
    {
      cache: {
        engine: "redis",
        config: { hz: "10", timeout: "5", "active-expire-effort": "11", "lazyfree-lazy-eviction": "maybe" },
      },
      queue: {
        config: {
          maxclients: "100",
          "lazyfree-lazy-eviction": "yes",
          "client-query-buffer-limit": "64mb",
          "notify-keyspace-events": "KQ",
          "maxmemory-samples": "65",
        },
      },
    },
    [
      'cache.config.hz: given. Allowed: a parameter of the family redis7 that can be changed (ElastiCache User Guide, "Valkey and Redis OSS parameters"). Remove it, or correct its name.',
      'cache.config.timeout: "5". Allowed: 0, or a whole number from 20 on. Correct the value.',
      'cache.config.active-expire-effort: "11". Allowed: a whole number from 1 to 10. Correct the value.',
      "cache.config.lazyfree-lazy-eviction: a text of 5 characters. Allowed: yes, no. Correct the value.",
      "queue.config.maxclients: given. Allowed: nothing: ElastiCache sets it by itself. Remove it.",
      'queue.config.lazyfree-lazy-eviction: given. Allowed: a parameter of the family valkey8 that can be changed (ElastiCache User Guide, "Valkey and Redis OSS parameters"). Remove it, or correct its name.',
      'queue.config.client-query-buffer-limit: "64mb". Allowed: a whole number from 1048576 to 1073741824. Correct the value.',
      "queue.config.notify-keyspace-events: a text of 2 characters. Allowed: letters of K E g $ l s h z x e A. Correct the value.",
      'queue.config.maxmemory-samples: "65". Allowed: a whole number from 1 to 64. Correct the value.',
    ],
  ],
  [
    "windows that meet, and numbers out of range",
    {
      queue: {},
      queueGroup: { snapshotWindow: "03:30-04:30", nodes: 7, snapshotDays: 36 },
      logRetentionDays: 31,
    },
    [
      "queueGroup.nodes: 7. Allowed: a whole number from 1 to 6. Correct the number.",
      "queueGroup.snapshotDays: 36. Allowed: a whole number from 0 to 35. Correct the number.",
      'queueGroup.snapshotWindow: "03:30-04:30". Allowed: a window apart from the maintenance window sun:04:00-sun:05:00. Move one of the two.',
      "logRetentionDays: 31. Allowed: 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. Choose one of these.",
    ],
  ],
  [
    "tags that AWS does not take",
    { cache: {}, tags: { "aws:team": "jobs", team: "a|b" } },
    [
      "tags: a text of 8 characters with a text of 4 characters as its value. Allowed: a key of 1 to 128 and a value of at most 256 letters, digits, spaces and _ . : / = + - @, the key not beginning with aws:. Shorten or rename it.",
      "tags: a text of 4 characters with a text of 3 characters as its value. Allowed: a key of 1 to 128 and a value of at most 256 letters, digits, spaces and _ . : / = + - @, the key not beginning with aws:. Shorten or rename it.",
    ],
  ],
  [
    "a group without its role",
    { cache: {}, queueGroup: { nodes: 2 } },
    [
      "queueGroup: given without `queue`. Allowed: only together with `queue`. Add `queue: {}`, or remove `queueGroup`.",
    ],
  ],
  [
    "a setting that the node type makes",
    { cache: { memoryLimit: "1gb" } },
    [
      "cache.memoryLimit: given. Allowed: nothing on the elasticache backend: the node type sets it (`cacheGroup.nodeType`, `queueGroup.nodeType`). Remove the setting.",
    ],
  ],
  [
    "a bastion that is no instance",
    { cache: {}, bastion: "bastion.example.com" },
    [
      "bastion: a text of 19 characters. Allowed: the id of an instance, such as i-0a1b2c3d4e5f67890. Correct it, or remove the setting.",
    ],
  ],
])("refuses %s", async (_, args, problems) => {
  expect(await refusals(() => new ElasticacheTopology("t", { ...network, ...args }))).toEqual(problems);
});

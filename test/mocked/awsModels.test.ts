import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBackend } from "../../components/backends/registry";
import type { TopologyArgs } from "../../components/contract";
import { createTopology } from "../../components/create";
import { parseSettings } from "../../settings";
import type { Models } from "../aws/models";
import { loadModels } from "../aws/models";
import { apiProblems } from "../aws/requests";
import type { RecordOptions } from "./harness";
import { record } from "./harness";
import { stackFiles } from "./stackFiles";
import { completed, subjects } from "./subjects";

/** Accepted settings; each runs a whole program with up to sixty resources. */
const RUNS = 8;
const RUNS_TIMEOUT = 120_000;

const models = loadModels();

describe.skipIf(models === undefined)("what AWS's own API models have against the inputs", () => {
  const known = models as Models;
  type AwsBackend = "elasticache" | "lightsail";

  const problems = async (backend: AwsBackend, args: TopologyArgs, options: RecordOptions = {}) => {
    const { state } = subjects[backend];
    const { resources } = await record(() => createTopology(backend, "redis", args), {
      state,
      ...options,
    });
    expect(resources.some(({ type }) => type.startsWith("aws:"))).toBe(true);
    return apiProblems(known, resources);
  };

  const awsFiles = stackFiles().filter(({ config }) => "aws:region" in config);

  test("the stack files of both backends are among them", () => {
    expect(new Set(awsFiles.map(({ backend }) => backend))).toEqual(new Set(["elasticache", "lightsail"]));
  });

  test.each(awsFiles)("nothing, for $path", async ({ stack, backend, config, secretKeys }) => {
    const raw = { values: config, isSecret: (key: string) => secretKeys.includes(key) };
    const { args } = await parseSettings(raw, "redis-topology", stack);
    expect(await problems(backend as AwsBackend, args, { stack })).toEqual([]);
  });

  // Names of Pulumi projects and stacks: letters, digits, hyphens, underscores and periods, up to 100 characters.
  const pulumiName = fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/);
  const sizes = fc.constantFrom("16Mi", "256mb", "3gb", "4.5Gi", "90gb");
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const token = fc.stringMatching(/^[A-Za-z0-9!&#$^<>-]{16,128}$/);

  const generated = async <T extends TopologyArgs>(backend: AwsBackend, arbitrary: fc.Arbitrary<T>) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, pulumiName, pulumiName, async (given, project, stack) => {
        const args = completed(subjects[backend], defined(given) as T);
        // Settings that the room refuses prove nothing here: others are made until RUNS were accepted.
        fc.pre((await (await loadBackend(backend)).problems(args)).length === 0);
        expect(await problems(backend, args, { project, stack })).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  };

  test(
    "nothing, for generated settings of elasticache",
    async () => {
      const engine = fc.constantFrom(
        {},
        { engine: "redis" as const },
        { engine: "redis" as const, version: "7.0" },
        { engine: "valkey" as const, version: "7.2" },
        { engine: "valkey" as const, version: "9.0" },
      );
      const role = fc
        .tuple(
          engine,
          fc.record({ maxMemory: maybe(sizes), port: maybe(fc.integer({ min: 1, max: 65535 })) }),
          maybe(token),
        )
        .map(([engine, rest, password]) => ({ ...engine, ...rest, password }));
      const group = fc.record({
        nodes: maybe(fc.constantFrom(2, 3, 6)),
        multiAz: maybe(fc.boolean()),
        reservedMemoryPercent: maybe(fc.integer({ min: 0, max: 60 })),
        snapshotDays: maybe(fc.integer({ min: 0, max: 35 })),
        finalSnapshot: maybe(fc.boolean()),
        restoreFrom: maybe(fc.constant("a-snapshot")),
      });
      await generated(
        "elasticache",
        fc.record({
          cache: role,
          queue: role,
          cacheGroup: group,
          queueGroup: group,
          allowedCidrs: maybe(fc.constant(["10.0.0.0/8", "2001:db8::/32"])),
          kmsKeyId: maybe(fc.constant("arn:aws:kms:eu-west-1:123456789012:key/0a1b")),
          applyImmediately: maybe(fc.boolean()),
          minorUpgrades: maybe(fc.boolean()),
          logRetentionDays: maybe(fc.constantFrom(0, 1, 3653)),
          alarmTopics: maybe(fc.constant(["arn:aws:sns:eu-west-1:123456789012:ops"])),
          tags: maybe(fc.dictionary(fc.string({ unit: "grapheme" }), fc.string(), { maxKeys: 3 })),
        }),
      );
    },
    RUNS_TIMEOUT,
  );

  test("nothing, for a durable queue", async () => {
    const queue = { version: "9.0" };
    for (const durability of ["sync", "async"]) {
      const args = { queue, queueGroup: { durability } } as TopologyArgs;
      expect(await problems("elasticache", completed(subjects.elasticache, args))).toEqual([]);
    }
  });

  test(
    "nothing, for generated settings of lightsail",
    async () => {
      const role = fc.record({
        maxMemory: maybe(fc.constantFrom("16Mi", "256mb", "3gb")),
        password: maybe(fc.string({ minLength: 1 })),
      });
      const app = fc
        .uniqueArray(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/), { maxLength: 9 })
        .map((names) =>
          names.map((name) => ({
            name,
            image: `${name}:1`,
            environment: { A: "b" },
            ports: { "8080": "HTTP" },
          })),
        );
      await generated(
        "lightsail",
        fc.record({
          cache: maybe(role),
          queue: role.map((queue) => ({ ...queue, acceptDataLoss: true })),
          app,
          appMemory: maybe(sizes),
          tags: maybe(fc.dictionary(fc.string({ unit: "grapheme" }), fc.string(), { maxKeys: 3 })),
        }),
      );
    },
    RUNS_TIMEOUT,
  );

  const broken = (type: string, inputs: Record<string, unknown>) =>
    apiProblems(known, [{ type, name: "r", custom: true, inputs, options: {} }]);
  const alarm = { name: "a", comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 };

  test.each<[string, string, Record<string, unknown>, string[]]>([
    [
      "a resource that nobody mapped",
      "aws:s3/bucket:Bucket",
      {},
      ["r: aws:s3/bucket:Bucket is not mapped to the API"],
    ],
    [
      "an input that nobody mapped",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { ...alarm, colour: "red" },
      ["r: colour is not mapped to the API"],
    ],
    [
      "an unknown value of an enum",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { ...alarm, statistic: "Median" },
      ['r: PutMetricAlarm.Statistic: "Median" is none of SampleCount, Average, Sum, Minimum, Maximum'],
    ],
    [
      "a missing member, a wrong type and a length",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { evaluationPeriods: 0, comparisonOperator: 1, alarmDescription: "x".repeat(1025) },
      [
        "r: PutMetricAlarm.AlarmName: missing",
        "r: PutMetricAlarm.EvaluationPeriods 0 is below 1",
        "r: PutMetricAlarm.ComparisonOperator: number instead of a string",
        "r: PutMetricAlarm.AlarmDescription: length 1025 is above 1024",
      ],
    ],
    [
      "a pattern, a range and a nested name",
      "aws:lightsail/containerService:ContainerService",
      { name: "a_b", power: "nano", scale: 21 },
      [
        'r: CreateContainerService.serviceName: "a_b" does not match ^[a-z0-9]{1,2}|[a-z0-9][a-z0-9-]+[a-z0-9]$',
        "r: CreateContainerService.scale 21 is above 20",
      ],
    ],
    [
      "a rule of the documentation, and a nested input that nobody mapped",
      "aws:elasticache/replicationGroup:ReplicationGroup",
      {
        replicationGroupId: "a--b",
        description: "d",
        logDeliveryConfigurations: [{ destination: "d", colour: "red" }],
      },
      [
        'r: replicationGroupId: "a--b" breaks /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/',
        "r: logDeliveryConfigurations: colour is not mapped to the API",
      ],
    ],
  ])("the check finds %s", (_, type, inputs, expected) => {
    expect(broken(type, inputs)).toEqual(expected);
  });
});

function defined(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, defined(inner)]),
  );
}

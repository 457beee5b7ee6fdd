import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cacheOptions, queueOptions, workerOptions } from "../../components/client";
import { topologyOutputs } from "../../components/outputs";
import type { BullmqArgs } from "../../components/redis/bullmq";
import { resolved } from "../mocked/harness";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const STACK = "Take it from the stack's `env` output: `npx redis-topology env -s <stack>`, or its Secret.";

describe("the options from `env` are those of the output `bullmq`", () => {
  const text = fc.string({ unit: "binary", minLength: 1 });
  const server = fc.record({
    host: fc.oneof(fc.constant("queue.example.com"), fc.ipV4(), fc.constant("::1")),
    port: fc.integer({ min: 1, max: 65535 }),
    username: text,
    password: text,
    tls: fc.boolean(),
    caCertificate: fc.option(fc.constant(PEM), { nil: undefined }),
  });
  const overrides: fc.Arbitrary<BullmqArgs> = fc.record(
    {
      attempts: fc.integer({ min: 1 }),
      backoffType: fc.constantFrom("fixed", "exponential"),
      removeOnComplete: fc.oneof(fc.boolean(), fc.record({ count: fc.nat() })),
      removeOnFail: fc.oneof(
        fc.boolean(),
        fc.record({ age: fc.nat() }),
        fc.record({ age: fc.nat(), count: fc.nat() }),
      ),
      readyCheck: fc.boolean(),
      lockDuration: fc.integer({ min: 1000 }),
      producerOfflineQueue: fc.boolean(),
      producerMaxRetries: fc.nat(),
      producerCommandTimeout: fc.integer({ min: 1 }),
      prefix: fc.constantFrom("jobs", "{jobs}"),
    },
    { requiredKeys: [] },
  );

  test("whatever they hold", async () => {
    await fc.assert(
      fc.asyncProperty(server, overrides, async ({ caCertificate, ...rest }, bullmq) => {
        const { outputs, env } = await stack({ ...rest, ...(caCertificate && { caCertificate }) }, bullmq);
        const queue = queueOptions(env);
        expect(queue.connection).toEqual(defined(outputs.producer));
        expect(queue.defaultJobOptions).toEqual(outputs.defaultJobOptions);
        const { connection, prefix, ...worker } = workerOptions(env);
        expect(connection).toEqual(defined(outputs.worker));
        expect(worker).toEqual(outputs.workerOptions);
        expect([queue.prefix, prefix]).toEqual([outputs.prefix, outputs.prefix]);
      }),
      { numRuns: 200 },
    );
  });
});

test("by hand, a URL is enough: the defaults of a stack", () => {
  const env = { REDIS_URL: "redis://cache", REDIS_QUEUE_URL: "rediss://:p%40ss@[::1]:6380/2" };
  expect(queueOptions(env)).toEqual({
    connection: {
      host: "::1",
      port: 6380,
      password: "p@ss",
      db: 2,
      tls: {},
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 5000,
    },
    defaultJobOptions: {
      attempts: 3,
      backoff: { type: "exponential", delay: 2000 },
      removeOnComplete: { age: 86400, count: 1000 },
      removeOnFail: { age: 604800, count: 5000 },
    },
    skipVersionCheck: true,
  });
  expect(workerOptions(env)).toMatchObject({
    connection: { enableOfflineQueue: true, maxRetriesPerRequest: null },
    lockDuration: 30000,
  });
  expect(workerOptions(env).connection).not.toHaveProperty("commandTimeout");
  expect(cacheOptions(env)).toEqual({
    host: "cache",
    port: 6379,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
  });
});

test("JSON by hand: a part replaces the defaults, other keys go through, empty variables are none", () => {
  const env = {
    REDIS_QUEUE_URL: "redis://queue",
    REDIS_QUEUE_PREFIX: "",
    REDIS_QUEUE_CA_CERT: "",
    REDIS_QUEUE_BULLMQ: '{"defaultJobOptions":{"attempts":9,"lifo":true}}',
  };
  const { defaultJobOptions, prefix, connection } = queueOptions(env);
  expect(defaultJobOptions).toEqual({ attempts: 9, lifo: true });
  expect(prefix).toBeUndefined();
  expect(connection.commandTimeout).toBe(5000);
  expect(queueOptions({ ...env, REDIS_QUEUE_BULLMQ: "" }).defaultJobOptions.attempts).toBe(3);
});

test("BullMQ's grammar of what becomes of finished jobs is taken whole, and nothing else", () => {
  const read = (removeOnFail: unknown) =>
    queueOptions({
      REDIS_QUEUE_URL: "redis://queue",
      REDIS_QUEUE_BULLMQ: JSON.stringify({ defaultJobOptions: { removeOnFail } }),
    }).defaultJobOptions.removeOnFail;
  for (const taken of [true, false, 7, { count: 7 }, { age: 7 }, { age: 7, count: 7, limit: 7 }])
    expect(read(taken)).toEqual(taken);
  expect(() => read("hush")).toThrow(
    "- REDIS_QUEUE_BULLMQ: `defaultJobOptions.removeOnFail` is no boolean or number or object. Allowed:",
  );
  expect(() => read([1])).toThrow("`defaultJobOptions.removeOnFail` is no boolean or number or object.");
  expect(() => read({ age: "7" })).toThrow("`defaultJobOptions.removeOnFail.age` is no number.");
});

test("one error names every variable that is missing or malformed, and no value", () => {
  const env = {
    REDIS_QUEUE_URL: "https://default:hush@queue",
    REDIS_QUEUE_CA_CERT: "hush",
    REDIS_QUEUE_BULLMQ:
      '{"producer":{"commandTimeout":"hush"},"worker":[],"defaultJobOptions":{"backoff":{"delay":"hush"}}}',
  };
  const url = `\`redis://user:password@host:port\`, or \`rediss://\` for TLS, user and password percent-encoded. ${STACK}`;
  const expected = `The environment has no usable queue: 3 problems
  - REDIS_QUEUE_URL: no URL of a Redis server. Allowed: ${url}
  - REDIS_QUEUE_CA_CERT: no PEM. Allowed: the PEM of a certificate authority with its line breaks, or nothing. ${STACK}
  - REDIS_QUEUE_BULLMQ: \`producer.commandTimeout\` is no number, \`worker\` is no object, \`defaultJobOptions.backoff.delay\` is no number. Allowed: JSON such as \`{"defaultJobOptions":{"attempts":3}}\`, or nothing for the defaults. ${STACK}`;
  expect(() => queueOptions(env)).toThrow(expected);
  expect(() => workerOptions(env)).toThrow(expected);
  expect(expected).not.toContain("hush");
  expect(() => cacheOptions({})).toThrow(
    `The environment has no usable cache: 1 problem\n  - REDIS_URL: missing. Allowed: ${url}`,
  );
});

describe("under other names", () => {
  const REDIS_BULLMQ = '{"defaultJobOptions":{"attempts":9}}';
  const queueOnly = { REDIS_URL: "redis://queue", REDIS_PREFIX: "{app}", REDIS_CA_CERT: PEM, REDIS_BULLMQ };
  const named = { envPrefix: "REDIS" };

  test("the queue and the cache are read there", () => {
    const env = { ...queueOnly, KV_URL: "redis://cache" };
    const queue = queueOptions(env, named);
    expect(queue).toMatchObject({ prefix: "{app}", defaultJobOptions: { attempts: 9 } });
    expect([queue.connection.host, workerOptions(env, named).connection.host]).toEqual(["queue", "queue"]);
    expect(cacheOptions(env, { envPrefix: "KV" }).host).toBe("cache");
  });

  test("a malformed one is named as it is called there", () => {
    const env = { ...queueOnly, REDIS_CA_CERT: "hush", REDIS_BULLMQ: "[]" };
    expect(() => queueOptions(env, named)).toThrow(
      /- REDIS_CA_CERT: no PEM\.[\s\S]*- REDIS_BULLMQ: no JSON object\./,
    );
    expect(() => workerOptions({ KV_BULLMQ: "{}" }, { envPrefix: "KV" })).toThrow("- KV_URL: missing.");
  });

  test("a queue is no cache: it would fill up", () => {
    expect(() => cacheOptions(queueOnly)).toThrow(
      "The environment has no usable cache: 1 problem\n  - REDIS_BULLMQ: there, so `REDIS_URL` leads to a queue. Allowed: a cache, since what it keeps would fill up a queue, which evicts nothing. Say where the cache's variables are, `cacheOptions(env, { envPrefix })`, or do without a cache.",
    );
  });

  test("the queue that the stack has is not looked for in its cache, nor under a name it has not", () => {
    const stack = { REDIS_URL: "redis://cache", REDIS_QUEUE_URL: "redis://queue", REDIS_QUEUE_BULLMQ: "{}" };
    expect(() => queueOptions(stack, named)).toThrow(
      'The environment has no usable queue: 1 problem\n  - REDIS_BULLMQ: missing, and there is `REDIS_QUEUE_BULLMQ`. Allowed: the queue that the stack has, since a cache evicts jobs. Read that one, `{ envPrefix: "REDIS_QUEUE" }`; or, where this is a queue too, set `REDIS_BULLMQ` to `{}`.',
    );
    expect(() => queueOptions(queueOnly)).toThrow('Read that one, `{ envPrefix: "REDIS" }`;');
    expect(queueOptions({ ...stack, REDIS_BULLMQ: "{}" }, named).connection.host).toBe("cache");
  });
});

test.each([
  ["no host", "redis://"],
  ["another protocol", "http://queue"],
  ["options behind it", "redis://queue?family=0"],
  ["a path that is no number", "redis://queue/jobs"],
  ["an escape that is none", "redis://user:%zz@queue"],
  ["a port that is none", "redis://queue:0"],
  ["no URL at all", "queue:6379"],
])("a URL with %s is refused", (_, REDIS_QUEUE_URL) => {
  expect(() => queueOptions({ REDIS_QUEUE_URL })).toThrow("REDIS_QUEUE_URL: no URL of a Redis server.");
});

test.each(["{", "[]", "7", "null"])("the JSON %s is refused", (REDIS_QUEUE_BULLMQ) => {
  const env = { REDIS_QUEUE_URL: "redis://queue", REDIS_QUEUE_BULLMQ };
  expect(() => queueOptions(env)).toThrow("REDIS_QUEUE_BULLMQ: no JSON object.");
});

/** A stack's outputs, resolved. */
async function stack(server: Parameters<typeof topologyOutputs>[0]["queue"] & object, bullmq: BullmqArgs) {
  const outputs = topologyOutputs({
    backend: "shelf",
    queue: server,
    args: { queue: { bullmq } },
    guarantees: {},
  });
  if (outputs.bullmq === undefined) throw new Error("The stack has no queue.");
  return {
    outputs: await resolved(pulumi.output(outputs.bullmq)),
    env: await resolved(outputs.env),
  };
}

/** As JSON has it: without what is undefined. */
function defined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

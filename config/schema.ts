import type { Backend } from "redis-topology/create";
import { BackendName, loadBackend, secretText } from "redis-topology/create";
import { BackoffType, Engine, EvictionPolicy, REMOVE_FORMS, SIZE_FORMS } from "redis-topology/redis";
import { z } from "zod";

const TEXT_OR_NUMBER = { error: "a text or a number" };

const size = (text: string) =>
  z
    .union([z.string(), z.number()], TEXT_OR_NUMBER)
    .transform(String)
    .optional()
    .describe(`${text} ${SIZE_FORMS}.`);

const count = (text: string, least = 0) => z.int().min(least).optional().describe(text);

/** A directive's value as YAML has it: redis.conf knows no true and false, only yes and no. */
const directive = z
  .union([z.string(), z.number(), z.boolean()], TEXT_OR_NUMBER)
  .transform((value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value)));

/** BullMQ's own grammar. */
const remove = (text: string) => {
  const [count, age] = [z.int().min(0), z.int().min(0)];
  return z
    .union(
      [
        z.boolean(),
        z.strictObject({ count, age: age.optional() }),
        z.strictObject({ age, count: count.optional() }),
      ],
      { error: REMOVE_FORMS },
    )
    .optional()
    .describe(text);
};

const role = {
  enabled: z.boolean().optional().describe("Whether the role exists. Default true where the role is given."),
  maxMemory: size("Data budget (Redis' maxmemory). Default 256mb, or what memoryLimit holds:"),
  memoryLimit: size("Memory the container may use; derived from maxMemory and refused below that:"),
  port: z.number().optional().describe("TCP port, 1 to 65535. The default is the backend's."),
  engine: z.enum(Engine).optional().describe("Server software. The default is the backend's, mostly redis."),
  version: z
    .string()
    .meta({ examples: ["7.0"] })
    .optional()
    .describe("Version of the engine. The default is the backend's."),
  password: secretText("Password of the user `default`. Default: made once, 40 letters and digits."),
  previousPassword: secretText("A second password that stays valid while clients move to a new one."),
  config: z
    .record(z.string(), directive)
    .optional()
    .describe("Extra redis.conf directives: name, and the rest of the line as redis.conf has it."),
  envPrefix: z
    .string()
    .meta({ examples: ["REDIS"] })
    .optional()
    .describe("What the role's variables begin with. Default REDIS (cache), REDIS_QUEUE (queue)."),
};

const bullmq = z
  .strictObject({
    attempts: count("Attempts per job. Default 3.", 1),
    backoffType: z
      .enum(BackoffType)
      .optional()
      .describe("How the wait between attempts grows. Default exponential."),
    backoffDelay: count("Milliseconds before the first retry. Default 2000."),
    removeOnComplete: remove(
      "Completed jobs: true removes them at once, false keeps them for ever. Default count 1000, age 86400 s.",
    ),
    removeOnFail: remove(
      "Failed jobs: true removes them at once, false keeps them for ever. Default count 5000, age 604800 s.",
    ),
    lockDuration: count("Milliseconds a worker owns a job before it renews its lock. Default 30000.", 1),
    lockRenewTime: count("Milliseconds between renewals. Default half of lockDuration.", 1),
    stalledInterval: count("Milliseconds between looks for jobs whose worker died. Default 30000.", 1),
    maxStalledCount: count("Times a job may lose its worker before it fails. Default 1."),
    producerOfflineQueue: z.boolean().optional().describe("Whether producers wait for Redis. Default false."),
    producerMaxRetries: count("Times a producer repeats a command. Default 1."),
    producerCommandTimeout: count(
      "Milliseconds a connected producer waits for an answer. Default 5000; none with producerOfflineQueue.",
      1,
    ),
    readyCheck: z
      .boolean()
      .optional()
      .describe("Whether connections wait until Redis has loaded its data (INFO). Default true."),
    prefix: z.string().min(1).optional().describe("Prefix of BullMQ's keys. Default bull."),
  })
  .optional()
  .describe("Overrides of the options handed to BullMQ.");

const persistence = z.strictObject({
  size: size("Size of the queue's volume:"),
  storageClass: z.string().min(1).optional().describe("Storage class by name."),
});

// `evictionPolicy` on a queue and `persistence` on a cache are taken here only so that the role itself refuses
// them, with its reason, instead of "unknown key".
const cache = z.strictObject({
  ...role,
  evictionPolicy: z
    .enum(EvictionPolicy)
    .optional()
    .describe("What is evicted when full. Default allkeys-lru."),
  persistence: z.unknown().optional().describe("Refused: a cache persists nothing."),
});

const queue = z.strictObject({
  ...role,
  evictionPolicy: z.string().optional().describe("Refused: a queue is always noeviction."),
  persistence: persistence.optional().describe("Where the data lies, on backends that provide storage."),
  acceptDataLoss: z
    .boolean()
    .optional()
    .describe("Accepts in writing that this backend or setting loses jobs. Default false."),
  bullmq,
});

const common = {
  cache: cache.optional().describe("The cache: bounded, evicts, persists nothing. Default: none."),
  queue: queue.optional().describe("The queue: never evicts, persists. Default: none."),
  protect: z.boolean().optional().describe("Whether queue data is protected from deletion. Default true."),
};

export type StackSchema = Awaited<ReturnType<typeof stackSchema>>;
export type StackConfig = z.infer<StackSchema>;

/**
 * The configuration of a stack, keys without the project's namespace; strict at every level. Only the backends named
 * are loaded: the sections of the others have to be empty.
 */
export async function stackSchema(names: readonly BackendName[] = Object.values(BackendName)) {
  const loaded = await Promise.all(names.map(async (name) => [name, await loadBackend(name)] as const));
  const summaries = loaded.map(([name, { summary }]) => `${name}: ${summary}`).join("; ");
  return z.strictObject({
    backend: z.enum(BackendName).describe(`Where Redis runs. Default process. ${summaries}.`),
    ...common,
    ...Object.fromEntries(Object.values(BackendName).map((name) => [name, z.strictObject({}).optional()])),
    ...Object.fromEntries(loaded.map(([name, backend]) => [name, section(name, backend)])),
  });
}

function section(name: BackendName, { settings, summary }: Backend) {
  return settings.optional().describe(`Settings of the ${name} backend (${summary}).`);
}

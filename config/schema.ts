import type { TopologyArgs } from "redis-topology";
import type { Backend } from "redis-topology/create";
import { BackendName, flag, loadBackend, secretText, text } from "redis-topology/create";
import { BackoffType, Engine, EvictionPolicy } from "redis-topology/redis";
import { z } from "zod";

/*
 * What a setting means is told where its type is, in the package's `contract.ts` and the rooms' `args.ts`: from there
 * `npm run schema` takes it. Only what a stack file alone has is described here.
 */

const TEXT_OR_NUMBER = { error: "a text or a number" };

const size = z.union([z.string(), z.number()], TEXT_OR_NUMBER).transform(String).optional();

const count = z.int().min(0).optional();
const positive = z.int().min(1).optional();

/** A directive's value as YAML has it: redis.conf knows no true and false, only yes and no. */
const directive = z
  .union([z.string(), z.number(), z.boolean()], TEXT_OR_NUMBER)
  .transform((value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value)));

const role = {
  enabled: flag.describe("Whether the role exists. Default true where the role is given."),
  maxMemory: size,
  memoryLimit: size,
  port: z.number().optional(),
  engine: z.enum(Engine).optional(),
  version: z
    .string()
    .meta({ examples: ["7.0"] })
    .optional(),
  password: secretText,
  previousPassword: secretText,
  config: z.record(z.string(), directive).optional(),
  envPrefix: z
    .string()
    .meta({ examples: ["REDIS"] })
    .optional(),
};

const bullmq = z
  .strictObject({
    attempts: positive,
    backoffType: z.enum(BackoffType).optional(),
    backoffDelay: count,
    keepCompletedCount: count,
    keepCompletedAge: count,
    keepCompletedForever: flag,
    keepFailedCount: count,
    keepFailedAge: count,
    keepFailedForever: flag,
    lockDuration: positive,
    lockRenewTime: positive,
    stalledInterval: positive,
    maxStalledCount: count,
    producerOfflineQueue: flag,
    producerMaxRetries: count,
    producerCommandTimeout: positive,
    readyCheck: flag,
    prefix: text,
  })
  .optional();

// `evictionPolicy` on a queue and `persistence` on a cache are taken here only so that the role itself refuses
// them, with its reason, instead of "unknown key".
const cache = z.strictObject({
  ...role,
  evictionPolicy: z.enum(EvictionPolicy).optional(),
  persistence: z.unknown().optional().describe("Refused: a cache persists nothing."),
});

const queue = z.strictObject({
  ...role,
  evictionPolicy: z.string().optional().describe("Refused: a queue is always noeviction."),
  persistence: z.strictObject({ size, storageClass: text }).optional(),
  acceptDataLoss: flag,
  bullmq,
});

const threshold = z.number().optional();
const alerts = z
  .strictObject({
    memoryPercent: threshold,
    connections: threshold,
    evictions: threshold,
    secondsSinceSave: threshold,
    volumePercent: threshold,
  })
  .optional();

const common = { cache: cache.optional(), queue: queue.optional(), protect: flag, alerts };

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

function section(
  name: BackendName,
  { settings, summary }: Pick<Backend<TopologyArgs>, "settings" | "summary">,
) {
  return settings.optional().describe(`Settings of the ${name} backend (${summary}).`);
}

import type * as pulumi from "@pulumi/pulumi";
import type { Bullmq, Endpoint as ContractEndpoint, Topology } from "redis-topology";
import type { Role } from "redis-topology/redis";
import { BackoffType, EVENTS, ROLES } from "redis-topology/redis";
import { z } from "zod";
import { UserError } from "./errors";

/** The outputs of a stack: the contract as plain data, secrets included. */
export type StackOutputs = pulumi.Unwrap<Topology>;
/** One server, as clients reach it. */
export type Endpoint = pulumi.Unwrap<ContractEndpoint> & {
  /** Name that the TLS certificate must carry, where it is not `host`. Never in the outputs themselves. */
  servername?: string;
};
/** What BullMQ is constructed with. */
export type BullmqOutputs = pulumi.Unwrap<Bullmq>;

/** Pulumi prints an output that is undefined as nothing or as null. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

const port = z.number().int().min(1).max(65535);
const texts = z.record(z.string(), z.string());

const endpointSchema = z.object({
  host: z.string().min(1),
  port,
  username: z.string(),
  password: z.string(),
  tls: z.boolean(),
  url: z.string(),
  prefix: optional(z.string()),
  caCertificate: optional(z.string()),
  /** The containers in which alone the host is this server. */
  inside: optional(z.string()),
  envPrefix: optional(z.string()),
});

const connectionSchema = z.object({
  host: z.string().min(1),
  port,
  username: z.string(),
  password: z.string(),
  tls: optional(z.object({ ca: optional(z.string()) })),
  enableOfflineQueue: z.boolean(),
  maxRetriesPerRequest: z.number().nullable(),
  commandTimeout: optional(z.number()),
  enableReadyCheck: optional(z.boolean()),
});

const keepSchema = z.object({ count: z.number(), age: optional(z.number()) });

const bullmqSchema = z.object({
  producer: connectionSchema,
  worker: connectionSchema,
  prefix: optional(z.string()),
  defaultJobOptions: z.object({
    attempts: z.number(),
    backoff: z.object({ type: z.enum(BackoffType), delay: z.number() }),
    removeOnComplete: keepSchema,
    removeOnFail: keepSchema,
  }),
  workerOptions: z.object({
    lockDuration: z.number(),
    lockRenewTime: z.number(),
    stalledInterval: z.number(),
    maxStalledCount: z.number(),
  }),
});

const outcomeSchema = z.object({
  kept: z.boolean(),
  lossSeconds: z.number(),
  detail: z.string(),
  elsewhere: z.boolean().optional(),
  ownLog: z.boolean().optional(),
  proof: z.string().optional(),
});

const roleGuaranteesSchema = z.record(z.enum(EVENTS), outcomeSchema);

const wayCommandSchema = z.array(z.string()).min(1);

const roleWaysSchema = z.object({
  tunnel: optional(wayCommandSchema),
  tunnelOnly: optional(z.boolean()),
  exporter: optional(wayCommandSchema),
  logs: optional(wayCommandSchema),
  restart: optional(wayCommandSchema),
  instead: optional(z.string()),
});

/** The contract, read. `test/unit/types/outputs.ts` holds the two against each other, field by field. */
export const outputsSchema = z
  .object({
    backend: z.string(),
    cache: optional(endpointSchema),
    queue: optional(endpointSchema),
    env: texts,
    bullmq: optional(bullmqSchema),
    network: optional(z.object({ name: z.string(), env: texts })),
    details: optional(texts),
    guarantees: z.object({ cache: optional(roleGuaranteesSchema), queue: optional(roleGuaranteesSchema) }),
    ways: optional(z.object({ cache: optional(roleWaysSchema), queue: optional(roleWaysSchema) })),
  })
  .superRefine((outputs, context) => {
    const missing = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (!outputs.cache && !outputs.queue) missing("cache, queue", "both are missing; at least one is needed");
    if (outputs.queue && !outputs.bullmq) missing("bullmq", "missing, though there is a queue");
    for (const role of ROLES) {
      if (outputs[role] && !outputs.guarantees[role])
        missing(`guarantees.${role}`, `missing, though there is a ${role}`);
    }
  }) satisfies z.ZodType<StackOutputs>;

/**
 * Outputs from the text that `pulumi stack output --json --show-secrets` prints. `origin` names the source in
 * errors, such as `stack "local"`. Throws UserError; no message holds a value, which could be a secret.
 */
export function parseOutputs(text: string, origin: string): StackOutputs {
  const parsed = outputsSchema.safeParse(parseJson(text, origin));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  - ${path.join(".") || "outputs"}: ${message}`,
  );
  throw new UserError(
    [
      `The outputs of ${origin} are not those of this program:`,
      ...problems,
      "Bring the stack up with this version of the program (`npx pulumi up`), or name another stack.",
    ].join("\n"),
  );
}

/** The roles that the outputs hold, of those asked for; all when none is. Throws UserError when one is not there. */
export function chooseRoles(outputs: StackOutputs, asked: readonly Role[] = []): Role[] {
  const present = ROLES.filter((role) => outputs[role]);
  const absent = asked.find((role) => !present.includes(role));
  if (absent) {
    throw new UserError(
      `The outputs hold no ${absent}; they hold: ${present.join(", ")}. Choose one of these, or add \`${absent}: {}\` to the stack file and bring the stack up.`,
    );
  }
  return asked.length === 0 ? present : present.filter((role) => asked.includes(role));
}

/** Every secret in the outputs that may appear in a message. */
export function secretsOf(outputs: StackOutputs): string[] {
  const { cache, queue, bullmq } = outputs;
  const holders = [cache, queue, bullmq?.producer, bullmq?.worker];
  return [...new Set(holders.flatMap((holder) => holder?.password || []))];
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which holds passwords.
    throw new UserError(
      `The outputs of ${origin} are not JSON. Give what \`pulumi stack output --json --show-secrets\` prints.`,
    );
  }
}

import { z } from "zod";

/*
 * The fields that the rooms' schemas are made of, all of them optional. What a setting means is told where its type
 * is, in the room's `args.ts`: from there `npm run schema` takes it.
 */

export const text = z.string().min(1).optional();
export const texts = z.array(z.string().min(1)).optional();
export const flag = z.boolean().optional();
export const whole = z.int().optional();
/** Texts by name. */
export const map = z.record(z.string(), z.string()).optional();

const threshold = z.number().optional();

const thresholds = z
  .strictObject({
    memoryPercent: threshold,
    connections: threshold,
    volumePercent: threshold,
    secondsSinceSave: threshold,
  })
  .optional();

/** What every backend with alerts takes. */
export const alerts = { thresholds, runbookUrl: text };

/** What a backend takes that runs the exporters itself. */
export const exporter = {
  exporter: flag,
  exporterPorts: z.strictObject({ cache: whole, queue: whole }).optional(),
  queues: texts,
  ...alerts,
};

/**
 * A text that must be encrypted in the stack file, wherever it stands. The program refuses it in plain and makes
 * it a Pulumi secret; editors are told the encrypted form.
 */
export const secretText = z.string().meta({ secret: true }).optional();

/** Whether a schema is `secretText`. */
export function isSecretText(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.secret === true;
}

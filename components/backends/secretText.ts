import { z } from "zod";

/**
 * A text that must be encrypted in the stack file, wherever it stands. The program refuses it in plain and makes
 * it a Pulumi secret; editors are told the encrypted form.
 */
export function secretText(description: string): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .meta({ secret: true })
    .optional()
    .describe(`${description} Set it with \`pulumi config set --path --secret\`.`);
}

/** Whether a schema was made by `secretText`. */
export function isSecretText(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.secret === true;
}

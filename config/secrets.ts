import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isSecretText } from "../components/backends/secretText";
import type { Problem } from "../components/redis/problems";
import { stackSchema } from "./schema";

/** Where the schema has secrets: `["queue", "password"]`. */
const SECRET_PATHS = secretPaths(stackSchema, []);

/** A secret that stands readable in the stack file. Pulumi encrypts by top-level key: any encrypted part marks the whole. */
export function plainSecrets(config: object, isSecret: (key: string) => boolean): Problem[] {
  return SECRET_PATHS.flatMap((path) => {
    const value = valueAt(config, path);
    const [top = ""] = path;
    if (typeof value !== "string" || value === "" || isSecret(top)) return [];
    const key = path.join(".");
    return [
      {
        key,
        was: "given in plain text",
        allowed: "a secret",
        fix: `Set it with \`pulumi config set --path --secret '${key}'\`, and change it: this one has been readable.`,
      },
    ];
  });
}

/** The configuration with every secret text as a Pulumi secret. */
export function withSecrets<T extends object>(config: T): T {
  const marked = structuredClone(config);
  for (const path of SECRET_PATHS) {
    const holder = valueAt(marked, path.slice(0, -1)) as Record<string, unknown> | undefined;
    const key = path.at(-1) ?? "";
    // An empty one stays what it is, for the role to refuse.
    if (holder?.[key]) holder[key] = pulumi.secret(holder[key]);
  }
  return marked;
}

function secretPaths(schema: z.core.$ZodType, path: string[]): string[][] {
  if (schema instanceof z.ZodOptional) return secretPaths(schema.unwrap(), path);
  if (isSecretText(schema)) return [path];
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, inner]) => secretPaths(inner, [...path, key]));
}

function valueAt(config: object, path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], config);
}

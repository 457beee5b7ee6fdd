import { isSecretText } from "redis-topology/create";
import { z } from "zod";

/** What may stand somewhere; undefined where there can be nothing. */
export type Schema = z.core.$ZodType | undefined;

/** The schema of what stands at a path of the whole; undefined where there can be nothing. */
export function schemaAt(whole: Schema, path: readonly string[]): Schema {
  return path.reduce(inside, whole);
}

/** The keys that may stand at a path. */
export function keysAt(whole: Schema, path: readonly string[]): string[] {
  const schema = schemaAt(whole, path);
  // Where there is a choice: the keys of every object that may stand there.
  const choices = schema instanceof z.ZodUnion ? schema.options : [schema];
  const keys = choices.flatMap((choice) => (choice instanceof z.ZodObject ? Object.keys(choice.shape) : []));
  return [...new Set(keys)];
}

/** Where a schema has secret texts: `["queue", "password"]`; one empty path when it is itself one. */
export function secretPaths(schema: Schema, path: string[] = []): string[][] {
  const inner = unwrapped(schema);
  if (inner && isSecretText(inner)) return [path];
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([key, value]) => secretPaths(value, [...path, key]));
}

/** What stands at a path; undefined where the way there does not exist. */
export function valueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    config,
  );
}

function inside(schema: Schema, key: string): Schema {
  if (schema instanceof z.ZodObject)
    return Object.hasOwn(schema.shape, key) ? unwrapped(schema.shape[key]) : undefined;
  if (schema instanceof z.ZodArray) return unwrapped(schema.element);
  return schema instanceof z.ZodRecord ? unwrapped(schema.valueType) : undefined;
}

function unwrapped(schema: Schema): Schema {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

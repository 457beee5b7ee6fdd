import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { isSecretText } from "../components/backends/secretText";
import { stackSchema } from "../config/schema";

/** Files derived from the stack's schema, by their path from the root: the editors' JSON Schema, and Pulumi.yaml with its config block. */
export function format(root: string): Record<string, string> {
  return {
    "stack-config.schema.json": `${JSON.stringify(editorSchema(), undefined, 2)}\n`,
    "Pulumi.yaml": projectFile(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")),
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A schema of whole stack files: our keys strictly, Pulumi's own and other providers' freely. */
function editorSchema(): JsonSchema {
  const { properties = {} } = jsonSchema();
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack configuration of redis-topology (Pulumi.<stack>.yaml)",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, schema]) => [`redis-topology:${key}`, schema]),
        ),
        patternProperties: { "^(?!redis-topology:)[^:]+:.+$": {} },
        additionalProperties: false,
      },
    },
  };
}

function jsonSchema(): JsonSchema {
  return z.toJSONSchema(stackSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: schema }) => {
      if (isSecretText(zodSchema)) encrypted(schema);
      if (zodSchema instanceof z.ZodUnknown) schema.not = {};
    },
  });
}

/** A secret stands in a stack file as Pulumi wrote it, encrypted. */
function encrypted(schema: JsonSchema): void {
  delete schema.secret;
  schema.type = "object";
  schema.properties = { secure: { type: "string" } };
  schema.required = ["secure"];
  schema.additionalProperties = false;
}

/** Pulumi.yaml with its `config:` block made anew. Pulumi wants a default for every key that a stack may leave out. */
function projectFile(text: string): string {
  const document = parseDocument(text);
  document.set("config", document.createNode(configBlock()));
  return document.toString({ lineWidth: 110 });
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  backend: "process",
  protect: true,
  cache: { enabled: false },
  queue: { enabled: false },
};

function configBlock(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(jsonSchema().properties ?? {}).map(([key, schema]) => {
      const { type, description } = schema as JsonSchema;
      return [key, { type, description, default: DEFAULTS[key] ?? {} }];
    }),
  );
}

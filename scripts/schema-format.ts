import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { isSecretText } from "../components/backends/secretText";
import type { StackSchema } from "../config/schema";
import { stackSchema } from "../config/schema";

/** Files derived from the stack's schema, by their path from the root: the editors' JSON Schema, and Pulumi.yaml with its config block. */
export async function format(root: string): Promise<Record<string, string>> {
  const schema = jsonSchema(await stackSchema());
  return {
    "stack-config.schema.json": `${JSON.stringify(editorSchema(schema), undefined, 2)}\n`,
    "Pulumi.yaml": projectFile(readFileSync(path.join(root, "Pulumi.yaml"), "utf8"), schema),
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A schema of whole stack files: our keys strictly, Pulumi's own and other providers' freely. */
function editorSchema({ properties = {} }: JsonSchema): JsonSchema {
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

function jsonSchema(schema: StackSchema): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: json }) => {
      if (isSecretText(zodSchema)) encrypted(json);
      if (zodSchema instanceof z.ZodUnknown) json.not = {};
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
function projectFile(text: string, schema: JsonSchema): string {
  const document = parseDocument(text);
  document.set("config", document.createNode(configBlock(schema)));
  return document.toString({ lineWidth: 110 });
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  backend: "process",
  protect: true,
  cache: { enabled: false },
  queue: { enabled: false },
};

function configBlock({ properties = {} }: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => {
      const { type, description } = schema as JsonSchema;
      return [key, { type, description, default: DEFAULTS[key] ?? {} }];
    }),
  );
}

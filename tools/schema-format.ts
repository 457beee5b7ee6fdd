import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { StackSchema } from "../config/schema";
import { stackSchema } from "../config/schema";
import type { Documented } from "./docstrings";
import { documented } from "./docstrings";

/** Files derived from the stack's schema, by their path from the root: the editors' JSON Schema, and Pulumi.yaml with its config block. */
export async function format(root: string): Promise<Record<string, string>> {
  const components = path.join(root, "components");
  const schema = described(jsonSchema(await stackSchema()), [
    documented(path.join(components, "contract.ts"), "TopologyArgs"),
    documented(path.join(components, "backends/registry.ts"), "BackendArgs"),
  ]);
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
      if (zodSchema instanceof z.ZodUnknown) json.not = {};
    },
  });
}

/**
 * The schema with a text for every setting: its own where only stack files have it, else the docstring of the member
 * that it is in the component's args.
 */
function described(schema: JsonSchema, types: readonly Documented[], at = ""): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const { secret, ...setting } = value as JsonSchema;
    const member = types.map(({ members }) => members.get(key)).find((one) => one !== undefined);
    const description = setting.description ?? member?.text;
    if (description === undefined) throw new Error(`${at}${key} has no docstring.`);
    if (secret) return [key, { description: `${description} ${SECRET_HINT}`, ...ENCRYPTED }];
    const inner = member?.inner();
    return [key, { description, ...(inner ? within(setting, inner, `${at}${key}.`) : setting) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** A list's entries, or the value itself. */
function within(setting: JsonSchema, type: Documented, at: string): JsonSchema {
  const { items } = setting;
  if (items === undefined) return described(setting, [type], at);
  return { ...setting, items: described(items as JsonSchema, [type], at) };
}

const SECRET_HINT = "Set it with `pulumi config set --path --secret`.";

/** A secret stands in a stack file as Pulumi wrote it, encrypted. */
const ENCRYPTED: JsonSchema = {
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

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

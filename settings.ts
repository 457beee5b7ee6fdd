import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { type BackendName, backends } from "./components/backends/registry";
import type { TopologySettings } from "./components/create";
import { describeAll, type Problem, shown } from "./components/redis/problems";
import { ROLES } from "./components/redis/roles";
import type { TopologyArgs } from "./components/topology";
import { stackSchema } from "./stackSchema";

/** The configuration of a stack as Pulumi hands it over: full keys, raw texts, and which keys hold a secret. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

/** What a stack file says, checked; and what of it has no effect. */
export interface Settings extends TopologySettings {
  /** One sentence each, for the user to see. */
  readonly warnings: readonly string[];
}

/** Reads and checks this stack's configuration. Throws one RunError with every problem, before any resource. */
export function readSettings(): Settings {
  const values = pulumi.runtime.allConfig();
  // Marked internal, but the only thing that knows which keys were encrypted: Config's readers never tell.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: RawConfig["isSecret"] };
  const settings = parseSettings(
    { values, isSecret: isConfigSecret },
    pulumi.getProject(),
    pulumi.getStack(),
  );
  for (const warning of settings.warnings) pulumi.log.warn(warning);
  return settings;
}

/** `readSettings` on plain data. */
export function parseSettings(raw: RawConfig, project: string, stack: string): Settings {
  const config = ownConfig(raw.values, project);
  const parsed = stackSchema.safeParse(config);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => readIssue(issue, config));
  const isSecret = (key: string) => raw.isSecret(`${project}:${key}`);
  problems.push(...plainSecrets(config, isSecret));
  if (!parsed.success) throw refusal(problems, project, stack);

  const { backend, cache, queue, protect, ...sections } = parsed.data;
  const common = { cache, queue, protect };
  const own = (sections as Record<string, object | undefined>)[backend];
  const args: TopologyArgs = { ...definedOnly(common), ...own };
  problems.push(...backends[backend].problems(args));
  if (problems.length > 0) throw refusal(problems, project, stack);
  return {
    backend,
    args: withSecrets(args, backends[backend].secrets ?? []),
    warnings: ignoredSections(sections, backend, project),
  };
}

function refusal(problems: readonly Problem[], project: string, stack: string): pulumi.RunError {
  const heading = `The configuration in Pulumi.${stack}.yaml (keys under ${project}:) cannot be used`;
  return new pulumi.RunError(describeAll(heading, problems));
}

/** The keys of this project without their namespace; objects and booleans parsed. Others (`aws:region`) are not ours. */
function ownConfig(values: Readonly<Record<string, string>>, project: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(`${project}:`))
      .map(([key, text]) => [key.slice(project.length + 1), parseValue(text)]),
  );
}

function parseValue(text: string): unknown {
  if (!/^\s*(?:[[{]|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readIssue(issue: z.core.$ZodIssue, config: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  const value = path.reduce(
    (inner: unknown, key) => (inner as Record<string, unknown> | undefined)?.[key],
    config,
  );
  const allowed = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
  return [
    {
      key: path.join("."),
      was: path.at(-1)?.endsWith("assword") ? "not a text" : shown(value),
      allowed: allowed?.join(", ") ?? sentence(issue.message),
      fix: (allowed && suggestion(String(value), allowed)) ?? "Correct the value.",
    },
  ];
}

function unknownKey(path: readonly string[]): Problem {
  const siblings = keysAt(path.slice(0, -1));
  const key = path.at(-1) ?? "";
  return {
    key: path.join("."),
    was: "an unknown key",
    allowed: siblings.join(", "),
    fix: suggestion(key, siblings) ?? "Remove it.",
  };
}

function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  return near && `Did you mean \`${near.candidate}\`?`;
}

/** The keys that the schema allows at a path. */
function keysAt(path: readonly string[]): string[] {
  let schema: unknown = stackSchema;
  for (const key of path) schema = unwrapped((unwrapped(schema) as z.ZodObject).shape[key]);
  return Object.keys((unwrapped(schema) as z.ZodObject).shape);
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

function sentence(message: string): string {
  return message.replace(/^Invalid input: expected /, "").replace(/, received .*$/, "");
}

const ROLE_SECRETS = ROLES.flatMap((role) => [`${role}.password`, `${role}.previousPassword`]);

/** A secret that stands readable in the stack file. Pulumi marks a whole key as secret when any part of it is. */
function plainSecrets(config: Record<string, unknown>, isSecret: (key: string) => boolean): Problem[] {
  const own = Object.entries(backends).flatMap(([name, { secrets = [] }]) =>
    secrets.map((path) => `${name}.${path}`),
  );
  return [...ROLE_SECRETS, ...own].flatMap((key) => {
    const [section = "", ...path] = key.split(".");
    const value = path.reduce(field, config[section]);
    if (typeof value !== "string" || value === "" || isSecret(section)) return [];
    const command = `pulumi config set --path --secret '${key}'`;
    return [{ key, was: "given in plain text", allowed: "a secret", fix: `Set it with: ${command}` }];
  });
}

function withSecrets(args: TopologyArgs, own: readonly string[]): TopologyArgs {
  return [...ROLE_SECRETS, ...own].reduce((all, path) => secretAt(all, path.split(".")), args);
}

/** A copy in which the text at that path, where there is one, is a secret. */
function secretAt<T>(value: T, [key, ...rest]: readonly string[]): T {
  if (key === undefined) return (typeof value === "string" ? pulumi.secret(value) : value) as T;
  const inner = field(value, key);
  return inner === undefined ? value : { ...value, [key]: secretAt(inner, rest) };
}

function field(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[key];
}

function ignoredSections(sections: Record<string, unknown>, chosen: BackendName, project: string): string[] {
  return Object.keys(sections)
    .filter((name) => name !== chosen && sections[name] !== undefined)
    .map((name) => `${project}:${name} has no effect: this stack's backend is \`${chosen}\`.`);
}

function definedOnly<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type BackendName, backends } from "./components/backends/registry";
import type { TopologySettings } from "./components/create";
import { runError } from "./components/errors";
import { describeAll, type Problem } from "./components/redis/problems";
import type { TopologyArgs } from "./components/topology";
import { readIssue } from "./config/issues";
import { stackSchema } from "./config/schema";
import { plainSecrets, withSecrets } from "./config/secrets";

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
export async function readSettings(): Promise<Settings> {
  const values = pulumi.runtime.allConfig();
  // Marked internal, but the only thing that knows which keys were encrypted: Config's readers never tell.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: RawConfig["isSecret"] };
  const settings = await parseSettings(
    { values, isSecret: isConfigSecret },
    pulumi.getProject(),
    pulumi.getStack(),
  );
  for (const warning of settings.warnings) pulumi.log.warn(warning);
  return settings;
}

/** `readSettings` on plain data. */
export async function parseSettings(raw: RawConfig, project: string, stack: string): Promise<Settings> {
  const config = ownConfig(raw.values, project);
  const problems = plainSecrets(config, (key) => raw.isSecret(`${project}:${key}`));
  const parsed = stackSchema.safeParse(config);
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => readIssue(issue, config));
    throw refusal([...issues, ...problems], project, stack);
  }
  const { backend } = parsed.data;
  // Before the secrets are wrapped: what is inside an Output can only be refused when resources exist already.
  problems.push(...(await backends[backend].problems(argsOf(parsed.data))));
  if (problems.length > 0) throw refusal(problems, project, stack);
  const args = argsOf(withSecrets(parsed.data));
  return { backend, args, warnings: ignoredSections(parsed.data, backend, project) };
}

/** What the chosen backend's component takes: the common settings and the backend's own. */
function argsOf(config: z.infer<typeof stackSchema>): TopologyArgs {
  const { backend, cache, queue, protect, ...sections } = config;
  const own = (sections as Record<string, object | undefined>)[backend];
  return definedOnly({ cache: enabledOnly(cache), queue: enabledOnly(queue), protect, ...own });
}

function refusal(problems: readonly Problem[], project: string, stack: string): pulumi.RunError {
  const heading = `The configuration in Pulumi.${stack}.yaml (keys under ${project}:) cannot be used`;
  return runError(describeAll(heading, problems));
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

/** Without `enabled`, which only stack files need: Pulumi.yaml must give every key a default, and a role's is "off". */
function enabledOnly<T extends { enabled?: boolean }>(role: T | undefined): Omit<T, "enabled"> | undefined {
  if (role === undefined || role.enabled === false) return undefined;
  const { enabled: _, ...args } = role;
  return args;
}

function ignoredSections(config: object, chosen: BackendName, project: string): string[] {
  return Object.entries(config)
    .filter(([name]) => name in backends)
    .filter(([name, section]) => name !== chosen && Object.keys(section ?? {}).length > 0)
    .map(([name]) => `${project}:${name} has no effect: this stack's backend is \`${chosen}\`.`);
}

function definedOnly(args: object): TopologyArgs {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

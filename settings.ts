import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type BackendName, backends } from "./components/backends/registry";
import type { TopologySettings } from "./components/create";
import { runError } from "./components/errors";
import { describeAll, type Problem } from "./components/redis/problems";
import type { TopologyArgs } from "./components/topology";
import { stackSchema } from "./config/schema";
import { type Encryption, plainSecrets, withSecrets } from "./config/secrets";

/** The configuration of a stack as Pulumi hands it over: full keys, raw texts, and which keys hold a secret. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
  /**
   * The stack file's `config:` as it stands there, asked for only when a secret is given. Pulumi marks a whole key as
   * secret when any part of it is encrypted; the file tells which part.
   */
  readonly stackFile?: () => Promise<Readonly<Record<string, unknown>> | undefined>;
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
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  // Pulumi runs a program in its folder. Its own getRootDirectory() is only a placeholder where the CLI sets nothing.
  const stackFile = async () => (await import("./config/stackFile")).readStackFile(process.cwd(), stack);
  const settings = await parseSettings({ values, isSecret: isConfigSecret, stackFile }, project, stack);
  for (const warning of settings.warnings) pulumi.log.warn(warning);
  return settings;
}

/** `readSettings` on plain data. */
export async function parseSettings(raw: RawConfig, project: string, stack: string): Promise<Settings> {
  const config = ownConfig(raw.values, project);
  const parsed = stackSchema.safeParse(config);
  const problems = [
    ...(await schemaProblems(parsed, config)),
    ...(await plainSecrets(config, encryption(raw, project))),
  ];
  // Before the secrets are wrapped: what is inside an Output can only be refused when resources exist already.
  problems.push(...(await backendProblems(parsed, config)));
  if (!parsed.success || problems.length > 0) throw refusal(problems, project, stack);
  const { backend } = parsed.data;
  const args = argsOf(withSecrets(parsed.data));
  return { backend, args, warnings: ignoredSections(parsed.data, backend, project) };
}

type StackConfig = z.infer<typeof stackSchema>;
type Parsed = z.ZodSafeParseResult<StackConfig>;

/** Loads what reads issues only when there are some: most runs have none, and each file costs time at a cold start. */
async function schemaProblems({ error }: Parsed, config: object): Promise<Problem[]> {
  if (!error) return [];
  const { readIssue } = await import("./config/issues");
  return error.issues.flatMap((issue) => readIssue(issue, config));
}

async function sound(parsed: Parsed, config: object): Promise<Parsed> {
  if (parsed.success) return parsed;
  const { withoutFaults } = await import("./config/issues");
  return stackSchema.safeParse(withoutFaults(config, parsed.error.issues));
}

/** What roles and backend refuse; where the schema found faults, in what is left without them. */
async function backendProblems(parsed: Parsed, config: object): Promise<readonly Problem[]> {
  const rest = await sound(parsed, config);
  if (!rest.success) return [];
  const { backend } = rest.data;
  const problems = await backends[backend].problems(argsOf(rest.data));
  // A setting that was taken out is not missing: it stands in the message already.
  const reported = (await schemaProblems(parsed, config)).map(({ key }) => key);
  const isReported = (name: string) => reported.some((key) => name === key || name.startsWith(`${key}.`));
  return problems.filter(({ key }) => !fullNames(key, backend).some(isReported));
}

/** The settings that a problem is about; a backend mostly names its own as args of the component, without section. */
function fullNames(key: string, backend: BackendName): string[] {
  const isFull = (name: string) => Object.hasOwn(stackSchema.shape, name.split(".")[0] ?? "");
  return key.split(", ").map((name) => (isFull(name) ? name : `${backend}.${name}`));
}

function encryption({ isSecret, stackFile }: RawConfig, project: string): Encryption {
  let file: ReturnType<NonNullable<typeof stackFile>> | undefined;
  return {
    isSecret: (top) => isSecret(`${project}:${top}`),
    inFile: async (top) => {
      file ??= stackFile?.();
      return (await file)?.[`${project}:${top}`];
    },
  };
}

/** What the chosen backend's component takes: the common settings and the backend's own. */
function argsOf(config: StackConfig): TopologyArgs {
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

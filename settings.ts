import * as pulumi from "@pulumi/pulumi";
import type { BackendArgs, Given, Problem, ToldProblem, TopologySettings } from "redis-topology/create";
import {
  BackendName,
  describeAll,
  loadBackend,
  rolesProblems,
  runError,
  toldProblem,
} from "redis-topology/create";
import { cleaned } from "./config/clean";
import { schemaAt } from "./config/paths";
import type { StackConfig, StackSchema } from "./config/schema";
import { stackSchema } from "./config/schema";
import type { Encryption } from "./config/secrets";
import { plainSecrets, withCommand, withSecrets } from "./config/secrets";

/** The configuration of a stack as Pulumi hands it over: full keys, raw texts, and which keys hold a secret. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
  /**
   * The stack file's `config:` as it stands there, asked for only when a secret is given. Pulumi marks a whole key as
   * secret when any part of it is encrypted; the file tells which part.
   */
  readonly stackFile?: () => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Whether what the settings name is looked for too, such as an engine or a context. Default false. */
  readonly asksOutside?: boolean;
}

/** What a stack file says, checked; and what of it has no effect. */
export type Settings = TopologySettings & {
  /** Where the file has the backend's own args, for messages to name them by. */
  readonly section: string;
  /** One sentence each, for the user to see. */
  readonly warnings: readonly string[];
};

/** Reads and checks this stack's configuration. Throws one RunError with every problem, before any resource. */
export async function readSettings(): Promise<Settings> {
  const values = pulumi.runtime.allConfig();
  // Marked internal, but the only thing that knows which keys were encrypted: Config's readers never tell.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: RawConfig["isSecret"] };
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  // Pulumi runs a program in its folder. Its own getRootDirectory() is only a placeholder where the CLI sets nothing.
  const stackFile = async () => (await import("./config/stackFile")).readStackFile(process.cwd(), stack);
  const settings = await parseSettings(
    { values, isSecret: isConfigSecret, stackFile, asksOutside: true },
    project,
    stack,
  );
  for (const warning of settings.warnings) pulumi.log.warn(warning);
  return settings;
}

/** `readSettings` on plain data. */
export async function parseSettings(raw: RawConfig, project: string, stack: string): Promise<Settings> {
  const { config, problems: unusable } = cleaned(ownConfig(raw.values, project));
  const checked = await checkSchema(config);
  const { schema, faults, sound } = checked;
  const encrypted = encryption(raw, project);
  const problems = [...unusable, ...faults, ...(await plainSecrets(schema, config, encrypted))];
  // Before the secrets are wrapped: what is inside an Output can only be refused when resources exist already.
  problems.push(...(await backendProblems(checked, raw.asksOutside ?? false)));
  if (sound === undefined || problems.length > 0) {
    const { encryptedTexts, hidden } = await import("./config/hide");
    const texts = await encryptedTexts(config, encrypted);
    const readable = problems.map((problem) => withCommand(hidden(problem, texts), schema));
    throw refusal(readable, project, stack);
  }
  // Which args belong to which backend, the schema has held; and that none is missing, the backend.
  const chosen = { backend: sound.backend, args: argsOf(withSecrets(schema, sound)) } as TopologySettings;
  return { ...chosen, section: sound.backend, warnings: ignoredSections(sound, project) };
}

/** A configuration against the schema. */
interface Checked {
  readonly schema: StackSchema;
  readonly faults: readonly Problem[];
  /** The configuration without what is faulty; undefined when what is left is not one. */
  readonly sound: StackConfig | undefined;
  /** What had to go for that, by name. */
  readonly removed: readonly string[];
}

/** Loads what reads issues only when there are some: most runs have none, and each file costs time at a start. */
async function checkSchema(config: Record<string, unknown>): Promise<Checked> {
  const schema = await stackSchema(usedBackends(config));
  const { data: sound } = schema.safeParse(config);
  return sound ? { schema, faults: [], sound, removed: [] } : checkWholeSchema(config);
}

/** With the keys of all backends at hand, for every hint. */
async function checkWholeSchema(config: object): Promise<Checked> {
  const { readIssue, withoutFaults } = await import("./config/issues");
  const schema = await stackSchema();
  const { issues } = schema.safeParse(config).error ?? { issues: [] };
  const faults = issues.flatMap((issue) => readIssue(issue, schema, config));
  const rest = withoutFaults(config, schema);
  const { data: sound } = schema.safeParse(rest.config);
  if (sound) return { schema, faults, sound, removed: rest.removed };
  return {
    schema,
    faults: [...faults, ...commonProblems(schema, rest.config, rest.removed)],
    sound,
    removed: rest.removed,
  };
}

/** What is wrong with the roles on every backend, for a configuration whose own backend is none. */
function commonProblems(schema: StackSchema, config: object, removed: readonly string[]): Problem[] {
  const { data } = schema.safeParse({ ...config, backend: BackendName.Process });
  if (data === undefined) return [];
  const { cache, queue, protect } = data;
  const args = definedOnly({ cache: enabledOnly(cache), queue: enabledOnly(queue), protect });
  return withoutReported(rolesProblems(args), undefined, removed);
}

/** The backends whose sections say something, and the chosen one. */
function usedBackends(config: Record<string, unknown>): BackendName[] {
  const isEmpty = (section: unknown) =>
    section === undefined || (isObject(section) && Object.keys(section).length === 0);
  return Object.values(BackendName).filter((name) => name === config.backend || !isEmpty(config[name]));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What roles and backend refuse, as the stack file has it; where the schema found faults, in what is left without them. */
async function backendProblems(
  { schema, removed, sound }: Checked,
  asksOutside: boolean,
): Promise<readonly Problem[]> {
  if (sound === undefined) return [];
  const { backend } = sound;
  const { problems, unreachable } = await loadBackend(backend);
  const args = argsOf(sound);
  // Without a faulty setting of the section, an engine or a context would be looked for in the wrong place.
  const isWhole = !removed.some((key) => key.split(".")[0] === backend && schemaAt(schema, key.split(".")));
  const refused = [
    ...(await problems(args)),
    ...((asksOutside && isWhole && (await unreachable?.(args))) || []),
  ];
  return withoutReported(refused, backend, removed);
}

/** A setting that was taken out is not missing: it stands in the message already. */
function withoutReported(
  problems: readonly Problem[],
  section: BackendName | undefined,
  removed: readonly string[],
): ToldProblem[] {
  const isGone = (name: string) => removed.some((key) => name === key || name.startsWith(`${key}.`));
  return problems.map((problem) => toldProblem(problem, section)).filter(({ key }) => !key.some(isGone));
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
function argsOf(config: StackConfig): Given<BackendArgs[BackendName]> {
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

function ignoredSections(config: StackConfig, project: string): string[] {
  return usedBackends(config)
    .filter((name) => name !== config.backend)
    .map((name) => `${project}:${name} has no effect: this stack's backend is \`${config.backend}\`.`);
}

function definedOnly<T extends object>(args: T): Partial<T> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as Partial<T>;
}

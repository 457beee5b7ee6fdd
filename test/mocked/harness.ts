import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** One resource as the engine would receive it: inputs after resolution, options after inheritance. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Secret values appear as `{ secret: value }`, unknown ones as `"<unknown>"`. */
  readonly inputs: Record<string, unknown>;
  /** Options that differ from Pulumi's defaults; `parent` and `dependsOn` by logical name. */
  readonly options: RegisteredOptions;
}

export interface RegisteredOptions {
  parent?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  deleteBeforeReplace?: boolean;
  dependsOn?: string[];
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  additionalSecretOutputs?: string[];
  aliases?: string[];
  customTimeouts?: { create?: string; update?: string; delete?: string };
  provider?: string;
}

export interface RecordOptions {
  /** Default `redis-topology`. */
  project?: string;
  /** Default `test`. */
  stack?: string;
  /** Whether the program runs as in `pulumi preview`. Default false. */
  preview?: boolean;
  /** Stack configuration, full keys (`redis-topology:queue`), raw values. */
  config?: Record<string, string>;
  secretKeys?: string[];
  /** State of a created resource, over its inputs. Default: each backend's `mockState`, see conformance. */
  state?: (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;
  /** Answers of provider functions (`aws:ec2/getVpc:getVpc`). */
  call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
}

export interface Recording<T> {
  readonly result: T;
  /** Sorted by name, then type: registration order is not program order. */
  readonly resources: readonly Registration[];
  /** The one resource of that type and name; fails when there is none. */
  get(type: string, name: string): Registration;
  /** `type name` of every resource, sorted. */
  list(): string[];
}

const SECRET = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Runs a program on Pulumi's mocked runtime and returns everything it registered. One at a time per test file. */
export async function record<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<Recording<T>> {
  const {
    project = "redis-topology",
    stack = "test",
    preview = false,
    state = () => ({}),
    call = () => ({}),
  } = options;
  pulumi.runtime.setAllConfig(options.config ?? {}, options.secretKeys);
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({
        id: preview ? undefined : `${args.name}-id`,
        state: { ...args.inputs, ...state(args) },
      }),
      call: (args) => call(args),
    },
    project,
    stack,
    preview,
  );
  const resources: Registration[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    if (request.getType() !== "pulumi:pulumi:Stack") resources.push(registration(request));
    return register(request, callback);
  };
  const result = await program();
  await pulumi.runtime.disconnect();
  resources.sort((a, b) => compare(a.name, b.name) || compare(a.type, b.type));
  const list = () => resources.map(({ type, name }) => `${type} ${name}`);
  const get = (type: string, name: string): Registration => {
    const [found, ...more] = resources.filter((resource) => resource.type === type && resource.name === name);
    if (!found || more.length > 0)
      throw new Error(`Expected one ${type} ${name} among:\n${list().join("\n")}`);
    return found;
  };
  return { result, resources, list, get };
}

/** The problems that a component lists when it refuses its args, one a line; fails when it is created. */
export async function refusals(create: () => unknown): Promise<string[]> {
  const { result } = await record(() => {
    try {
      create();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("The component was created.");
  });
  const [, ...lines] = result.split("\n");
  return lines.map((line) => line.replace(/^ {2}- /, ""));
}

/** The value of an output; rejects instead of hanging when it is unknown. */
export async function resolved<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  const internal = pulumi.output(output) as unknown as {
    promise(): Promise<pulumi.Unwrap<T>>;
    isKnown: Promise<boolean>;
  };
  if (!(await internal.isKnown)) throw new Error("The output is unknown.");
  return internal.promise();
}

interface Alias {
  getUrn(): string;
  getSpec(): { getName(): string } | undefined;
}

type Request = Parameters<MockMonitor["registerResource"]>[0];

function registration(request: Request): Registration {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: readable(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    options: optionsOf(request),
  };
}

function optionsOf(request: Request): RegisteredOptions {
  const timeouts = request.getCustomtimeouts();
  const all = {
    parent: nameOf(request.getParent()),
    protect: request.getProtect() || undefined,
    retainOnDelete: request.getRetainondelete() || undefined,
    deleteBeforeReplace: request.getDeletebeforereplace() || undefined,
    dependsOn: notEmpty(request.getDependenciesList().map(nameOf)),
    ignoreChanges: notEmpty(request.getIgnorechangesList()),
    replaceOnChanges: notEmpty(request.getReplaceonchangesList()),
    additionalSecretOutputs: notEmpty(request.getAdditionalsecretoutputsList()),
    aliases: notEmpty(
      request.getAliasesList().map((alias: Alias) => alias.getUrn() || alias.getSpec()?.getName()),
    ),
    customTimeouts: timeouts && readTimeouts(timeouts.toObject()),
    provider: nameOf(request.getProvider().split("::").slice(0, -1).join("::")),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function readTimeouts(timeouts: object): object | undefined {
  const given = Object.entries(timeouts).filter(([, value]) => value !== "");
  return given.length === 0
    ? undefined
    : Object.fromEntries(given.map(([name, value]) => [name.replace("pb_", ""), value]));
}

function nameOf(urn: string): string | undefined {
  return urn === "" ? undefined : urn.split("::").at(-1);
}

function notEmpty<T>(list: readonly T[]): T[] | undefined {
  return list.length === 0 ? undefined : [...list].sort();
}

function readable(value: unknown): unknown {
  if (value === UNKNOWN) return "<unknown>";
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) return { secret: readable((value as { value?: unknown }).value) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Recorded inputs as a provider receives them: secrets as their values. */
export function plain(inputs: unknown): unknown {
  if (Array.isArray(inputs)) return inputs.map(plain);
  if (typeof inputs !== "object" || inputs === null) return inputs;
  if ("secret" in inputs) return plain(inputs.secret);
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, plain(value)]));
}

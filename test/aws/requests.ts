import type { Registration } from "../mocked/harness";
import { mappings } from "./mappings";
import type { Models } from "./models";
import { validate } from "./validate";

/** A part of a request: `elasticache:CreateReplicationGroup.Port`, and how the input becomes it. */
export interface Member {
  readonly to: string;
  readonly as?: (value: unknown) => unknown;
  /** A rule that the model lacks, with its source beside it in the mapping. */
  readonly rule?: RegExp;
}

/** Input by input, what becomes of a resource; `given` are the identifiers that AWS itself hands out. */
export interface Mapping {
  readonly inputs: Readonly<Record<string, Member | readonly Member[]>>;
  readonly given?: Readonly<Record<string, unknown>>;
}

/** Everything AWS would have against what a program registers. An input or resource that nobody has mapped is one. */
export function apiProblems(models: Models, resources: readonly Registration[]): string[] {
  return resources
    .filter(({ type }) => type.startsWith("aws:"))
    .flatMap((resource) =>
      resourceProblems(models, resource).map((problem) => `${resource.name}: ${problem}`),
    );
}

function resourceProblems(models: Models, { type, inputs }: Registration): string[] {
  const mapping = mappings[type];
  if (!mapping) return [`${type} is not mapped to the API`];
  const problems: string[] = [];
  const requests = new Map<string, Record<string, unknown>>();
  const put = (to: string, value: unknown) => {
    const [operation = "", member = ""] = to.split(".");
    requests.set(operation, { ...requests.get(operation), [member]: value });
  };
  for (const [name, secretOrPlain] of Object.entries(inputs)) {
    const value = revealed(secretOrPlain);
    const members = mapping.inputs[name];
    if (!members) problems.push(`${name} is not mapped to the API`);
    for (const { to, as, rule } of [members ?? []].flat()) {
      if (rule && !rule.test(String(value)))
        problems.push(`${name}: ${JSON.stringify(value)} breaks ${rule}`);
      try {
        put(to, as ? as(value) : value);
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    }
  }
  for (const [to, value] of Object.entries(mapping.given ?? {})) {
    if (requests.has(to.split(".")[0] ?? "")) put(to, value);
  }
  return [...problems, ...[...requests].flatMap(([name, request]) => requestProblems(models, name, request))];
}

function requestProblems(models: Models, name: string, request: Record<string, unknown>): string[] {
  const [service = "", operation = ""] = name.split(":");
  const model = models[service];
  const shape = model?.inputs[operation];
  return model && shape ? validate(model, shape, request, operation) : [`the models have no ${name}`];
}

/** The value with every secret in it readable. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  if ("secret" in value) return revealed(value.secret);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

import * as pulumi from "@pulumi/pulumi";
import type { Problem, ToldProblem } from "redis-topology/create";
import { secretPaths, valueAt } from "./paths";
import type { StackSchema } from "./schema";

/** What tells whether a key is encrypted; keys without the project's namespace. */
export interface Encryption {
  /** Whether anything in a top-level key is: all that Pulumi tells a program. */
  readonly isSecret: (top: string) => boolean;
  /** The stack file's part of a top-level key, as it stands there; undefined when the file does not have it. */
  readonly inFile: (top: string) => Promise<unknown>;
}

/** The secrets that stand readable in the stack file, also beside an encrypted one. */
export async function plainSecrets(
  schema: StackSchema,
  config: object,
  encryption: Encryption,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const path of secretPaths(schema)) {
    const value = valueAt(config, path);
    if (typeof value !== "string" || value === "" || (await isEncrypted(path, encryption))) continue;
    const key = path.join(".");
    problems.push({
      key,
      was: "given in plain text",
      allowed: "a secret",
      fix: `${setCommand(key)}, and change it: this one has been readable.`,
    });
  }
  return problems;
}

/** A problem with the command that gives the secret it misses, where that is what it is about. */
export function withCommand(problem: ToldProblem, schema: StackSchema): ToldProblem {
  const secret = secretPaths(schema)
    .map((path) => path.join("."))
    .find((path) => problem.key.includes(path));
  if (secret === undefined || problem.was !== "missing") return problem;
  return { ...problem, fix: `${problem.fix} ${setCommand(secret)}.` };
}

const setCommand = (key: string) => `Set it with \`pulumi config set --path --secret '${key}'\``;

/** The configuration with every secret text as a Pulumi secret. */
export function withSecrets<T extends object>(schema: StackSchema, config: T): T {
  const marked = structuredClone(config);
  for (const path of secretPaths(schema)) {
    const holder = valueAt(marked, path.slice(0, -1)) as Record<string, unknown> | undefined;
    const key = path.at(-1) ?? "";
    // An empty one stays what it is, for the role to refuse.
    if (holder?.[key]) holder[key] = pulumi.secret(holder[key]);
  }
  return marked;
}

/** A value that the file lacks comes from elsewhere, such as a Pulumi ESC environment: the top-level key decides. */
async function isEncrypted(
  [top = "", ...rest]: string[],
  { isSecret, inFile }: Encryption,
): Promise<boolean> {
  if (!isSecret(top)) return false;
  const written = valueAt(await inFile(top), rest);
  return written === undefined || (typeof written === "object" && written !== null);
}

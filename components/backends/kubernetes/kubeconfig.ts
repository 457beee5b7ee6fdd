import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** What of a kubeconfig decides where things go. */
export interface Contexts {
  readonly names: readonly string[];
  readonly current?: string;
}

const Kubeconfig = z.looseObject({
  contexts: z.array(z.looseObject({ name: z.string() })).nullish(),
  "current-context": z.string().nullish(),
});

const entries = <T extends z.ZodRawShape>(shape: T) =>
  z
    .array(z.looseObject({ name: z.string(), ...shape }))
    .nullish()
    .transform((list) => list ?? []);
const section = z.looseObject({}).nullish();
const Entries = z.looseObject({
  contexts: entries({ context: z.looseObject({ cluster: z.string(), user: z.string().nullish() }) }),
  clusters: entries({ cluster: section }),
  users: entries({ user: section }),
});

/** Settings of a kubeconfig that name a file, relative to the kubeconfig's own folder. */
const FILE_SETTINGS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"] as const;

/** A kubeconfig that is there and cannot be used; says why, without what it holds. */
export class KubeconfigError extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path} ${reason}`);
  }
}

/**
 * Contexts of all files together; as with kubectl, the first current context wins and missing files count as empty.
 * Throws KubeconfigError.
 */
export function readContexts(paths: readonly string[]): Contexts {
  const files = paths.flatMap((path) => {
    const text = readIfThere(path);
    return text === undefined ? [] : [contextsOf(parsed(path, text))];
  });
  const current = files.find((file) => file.current)?.current;
  return { names: [...new Set(files.flatMap(({ names }) => names))], ...(current && { current }) };
}

/** Contexts of one kubeconfig, YAML or JSON; none when it is no kubeconfig. */
export function contextsOf(content: unknown): Contexts {
  const { success, data } = Kubeconfig.safeParse(content);
  if (!success) return { names: [] };
  const current = data["current-context"];
  return { names: data.contexts?.map(({ name }) => name) ?? [], ...(current && { current }) };
}

/**
 * One kubeconfig out of several files, with what one context needs and nothing else; JSON. As with kubectl, the first
 * file that has a name wins. Pulumi's provider reads one file only, and the library that asks the cluster refuses a
 * name that comes twice. Holds credentials.
 */
export function kubeconfigOf(paths: readonly string[], context: string): string {
  const files = paths.flatMap((path) => {
    const text = readIfThere(path);
    return text === undefined
      ? []
      : [absoluteFiles(Entries.parse(parsed(path, text) ?? {}), dirname(resolve(path)))];
  });
  const named = <T extends { name: string }>(
    lists: readonly (readonly T[])[],
    name: string | null | undefined,
  ) =>
    lists
      .flat()
      .filter((entry) => entry.name === name)
      .slice(0, 1);
  const contexts = named(
    files.map((file) => file.contexts),
    context,
  );
  const { cluster, user } = contexts[0]?.context ?? {};
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts,
    clusters: named(
      files.map((file) => file.clusters),
      cluster,
    ),
    users: named(
      files.map((file) => file.users),
      user,
    ),
  });
}

function absoluteFiles(file: z.infer<typeof Entries>, folder: string): z.infer<typeof Entries> {
  for (const settings of [...file.clusters.map((c) => c.cluster), ...file.users.map((u) => u.user)]) {
    for (const name of FILE_SETTINGS) {
      const path = settings?.[name];
      if (settings && typeof path === "string" && path !== "") settings[name] = resolve(folder, path);
    }
    // A bare name is looked for on PATH.
    const program = settings?.exec as { command?: string } | undefined;
    if (program?.command?.includes("/")) program.command = resolve(folder, program.command);
  }
  return file;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new KubeconfigError(path, `cannot be read (${code})`);
  }
}

/** The parser's own message quotes lines, and one may hold a token. */
function parsed(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new KubeconfigError(path, "is not YAML");
  }
}

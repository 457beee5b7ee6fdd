import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { KubernetesTopologyArgs } from "./args";

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

/** The files kubectl would read, in its order: the given one, else those of `$KUBECONFIG`, else `~/.kube/config`. */
export function kubeconfigPaths(given: string | undefined, environment: string | undefined): string[] {
  if (given !== undefined) return [given];
  const listed = environment?.split(delimiter).filter((path) => path !== "") ?? [];
  return listed.length > 0 ? listed : [join(homedir(), ".kube", "config")];
}

/** Contexts of all files together; as with kubectl, the first current context wins and missing files count as empty. */
export function readContexts(paths: readonly string[]): Contexts {
  const files = paths.flatMap((path) => {
    const text = readIfThere(path);
    return text === undefined ? [] : [parseContexts(text)];
  });
  const current = files.find((file) => file.current)?.current;
  return { names: [...new Set(files.flatMap(({ names }) => names))], ...(current && { current }) };
}

/** Contexts of one kubeconfig, YAML or JSON; none when it is no kubeconfig. */
export function parseContexts(text: string): Contexts {
  const parsed = Kubeconfig.safeParse(parse(text));
  if (!parsed.success) return { names: [] };
  const current = parsed.data["current-context"];
  return { names: parsed.data.contexts?.map(({ name }) => name) ?? [], ...(current && { current }) };
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
      : [absoluteFiles(Entries.parse(parse(text) ?? {}), dirname(resolve(path)))];
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

/** The context that is meant: the named one, or the current one where the stack says so. */
export function chosenContext(args: KubernetesTopologyArgs, contexts: Contexts): string | undefined {
  return args.useCurrentContext ? contexts.current : args.context;
}

/** A context that the kubeconfig does not have, with the list of those it has. */
export function contextProblems(
  args: KubernetesTopologyArgs,
  contexts: Contexts,
  paths: readonly string[],
): Problem[] {
  const chosen = chosenContext(args, contexts);
  if (chosen !== undefined && contexts.names.includes(chosen)) return [];
  const where =
    args.kubeconfig === undefined ? paths.join(", ") : say`the file that ${key("kubeconfig")} names`;
  return [
    {
      key: args.useCurrentContext ? "useCurrentContext" : "context",
      was:
        args.useCurrentContext && chosen === undefined
          ? say`${where} has no current context`
          : shownNear(chosen, contexts.names),
      allowed:
        contexts.names.length === 0
          ? say`a context of ${where}, which has none or does not exist`
          : say`a context of ${where}: ${[...contexts.names].sort().join(", ")}`,
      fix: say`Correct ${key("context")}, or point ${key("kubeconfig")} (or $KUBECONFIG) at the file that has it.`,
    },
  ];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

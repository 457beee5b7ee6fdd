import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type Problem, shown } from "../../redis/problems";
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
  const where = paths.join(", ");
  return [
    {
      key: args.useCurrentContext ? "useCurrentContext" : "context",
      was: args.useCurrentContext && chosen === undefined ? `${where} has no current context` : shown(chosen),
      allowed:
        contexts.names.length === 0
          ? `a context of ${where}, which has none or does not exist`
          : `a context of ${where}: ${[...contexts.names].sort().join(", ")}`,
      fix: "Correct `context`, or point `kubeconfig` (or $KUBECONFIG) at the file that has it.",
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

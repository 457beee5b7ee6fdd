import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import type { KubernetesTopologyArgs } from "./args";
import { targetProblems } from "./checks";
import type { Access } from "./cluster";
import type { Contexts } from "./kubeconfig";
import { KubeconfigError, readContexts } from "./kubeconfig";

/** Which cluster is meant, as the args say it; no file has been read for it. */
export interface Target extends Pick<KubernetesTopologyArgs, "context" | "useCurrentContext" | "kubeconfig"> {
  /** Files of the kubeconfig, absolute, in kubectl's order. */
  readonly paths: readonly string[];
}

export function targetOf({ context, useCurrentContext, kubeconfig }: KubernetesTopologyArgs): Target {
  const paths = kubeconfigPaths(kubeconfig, process.env.KUBECONFIG).map((path) => resolve(path));
  return {
    ...(context !== undefined && { context }),
    ...(useCurrentContext !== undefined && { useCurrentContext }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    paths,
  };
}

/** The files kubectl would read, in its order: the given one, else those of `$KUBECONFIG`, else `~/.kube/config`. */
export function kubeconfigPaths(given: string | undefined, environment: string | undefined): string[] {
  if (given !== undefined) return [given];
  const listed = environment?.split(delimiter).filter((path) => path !== "") ?? [];
  return listed.length > 0 ? listed : [join(homedir(), ".kube", "config")];
}

/** What the kubeconfig lacks of what a stack file names; nothing where the plan has refused what it names. */
export function unreachableTarget(args: KubernetesTopologyArgs): Problem[] {
  if (args.renderTo !== undefined || targetProblems(args, false).length > 0) return [];
  const found = accessOf(targetOf(args));
  return "problem" in found ? [found.problem] : [];
}

/** Looks for the context in the files. */
export function accessOf(target: Target): { readonly access: Access } | { readonly problem: Problem } {
  try {
    const contexts = readContexts(target.paths);
    const chosen = target.useCurrentContext ? contexts.current : target.context;
    if (chosen === undefined || !contexts.names.includes(chosen)) {
      return { problem: missingContext(target, chosen, contexts) };
    }
    return { access: { paths: target.paths, context: chosen } };
  } catch (error) {
    if (error instanceof KubeconfigError) return { problem: unusableFile(target, error) };
    throw error;
  }
}

/** A context that the kubeconfig does not have, with the list of those it has. */
function missingContext(target: Target, chosen: string | undefined, { names }: Contexts): Problem {
  const where = fileOf(target, target.paths.join(", "));
  return {
    key: target.useCurrentContext ? "useCurrentContext" : "context",
    was:
      target.useCurrentContext && chosen === undefined
        ? say`${where} has no current context`
        : shownNear(chosen, names),
    allowed:
      names.length === 0
        ? say`a context of ${where}, which has none or does not exist`
        : say`a context of ${where}: ${[...names].sort().join(", ")}`,
    fix: say`Correct ${key("context")}, or point ${key("kubeconfig")} (or $KUBECONFIG) at the file that has it.`,
  };
}

function unusableFile(target: Target, { path, reason }: KubeconfigError): Problem {
  return {
    key: "kubeconfig",
    was: say`${fileOf(target, path)} ${reason}`,
    allowed: "a kubeconfig that `kubectl config view` can read",
    fix: say`Correct the file or its rights, or point ${key("kubeconfig")} (or $KUBECONFIG) at another one.`,
  };
}

function fileOf({ kubeconfig }: Target, path: string): Sentence {
  return kubeconfig === undefined ? path : say`the file that ${key("kubeconfig")} names`;
}

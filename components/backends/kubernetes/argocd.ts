import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { ArgocdArgs, KubernetesTopologyArgs } from "./args";
import { dnsLabelProblems, MAX_NAMESPACE } from "./dnsLabel";
import { namespaceOf } from "./names";
import type { OwnMetadata } from "./storage";

/** The folder in `renderTo` that the Application lies in, and that it leaves out: nothing applies itself. */
export const ARGOCD_FOLDER = "argocd";

/** The cluster that ArgoCD runs in (argo-cd `docs/operator-manual/declarative-setup.md`). */
const OWN_CLUSTER = "https://kubernetes.default.svc";

/** A sync or a deleted Application takes nothing away that holds data (argo-cd `docs/user-guide/sync-options.md`). */
const KEPT = { "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" };

/** A password in any URL, and in one of HTTP the user as well: it may be a token. `ssh://git@…` has neither. */
const CREDENTIALS = /^(?:https?:\/\/[^/]*@|[a-z+]+:\/\/[^/@]*:[^/@]*@)/i;

/** Identity of the Application. */
export function applicationName(args: KubernetesTopologyArgs, argocd: ArgocdArgs) {
  return { name: argocd.name ?? namespaceOf(args), namespace: argocd.namespace ?? "argocd" };
}

/** Annotations of what holds a queue's data; undefined where ArgoCD has no part in it, or the stack gives it up. */
export function keptByArgocd(args: KubernetesTopologyArgs): Record<string, string> | undefined {
  const protects = args.queue !== undefined && (args.protect ?? true);
  return args.argocd !== undefined && protects ? KEPT : undefined;
}

/** The Application (argoproj.io/v1alpha1). Pulumi renders into folders below `path`, so all of them are read. */
export function application(args: KubernetesTopologyArgs, argocd: ArgocdArgs, own: OwnMetadata) {
  const { repo, path, revision, project, server, automated = true } = argocd;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { ...applicationName(args, argocd), ...own },
    spec: {
      project: project ?? "default",
      source: {
        repoURL: repo,
        path: path.replace(/\/+$/, ""),
        targetRevision: revision ?? "HEAD",
        directory: { recurse: true, exclude: `${ARGOCD_FOLDER}/*` },
      },
      destination: { server: server ?? OWN_CLUSTER, namespace: namespaceOf(args) },
      ...(automated && { syncPolicy: { automated: { prune: false, selfHeal: true } } }),
    },
  };
}

export function argocdProblems(args: KubernetesTopologyArgs): Problem[] {
  const { argocd } = args;
  if (argocd === undefined) return [];
  const { name, namespace } = applicationName(args, argocd);
  const problems = [
    ...dnsLabelProblems("argocd.name", name, MAX_NAMESPACE),
    ...dnsLabelProblems("argocd.namespace", namespace, MAX_NAMESPACE),
  ];
  if (args.renderTo === undefined) {
    const fix = say`Add ${key("renderTo")} in place of ${key("context")}, or remove ${key("argocd")}.`;
    const was = say`given without ${key("renderTo")}`;
    problems.push({ key: "argocd", was, allowed: "rendered manifests", fix });
  }
  if (CREDENTIALS.test(argocd.repo)) {
    const fix = "Remove them, and give them to ArgoCD as a repository Secret.";
    problems.push({
      key: "argocd.repo",
      was: "a URL with credentials",
      allowed: "a URL that a manifest in git may hold",
      fix,
    });
  }
  if (argocd.path.startsWith("/") || argocd.path.split("/").includes("..")) {
    const allowed = "a path from the root of the repository, such as `manifests/redis`";
    problems.push({ key: "argocd.path", was: shapeOf(argocd.path), allowed, fix: "Correct the path." });
  }
  return problems;
}

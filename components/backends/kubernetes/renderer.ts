import { join, resolve } from "node:path";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Provider } from "@pulumi/kubernetes/provider";
import { ARGOCD_FOLDER, application, applicationName } from "./argocd";
import { declaredObjects } from "./objects";
import { OWNER_LABEL } from "./owner";
import { identityOf, Rendered, renderedObjects } from "./rendered";
import type { Site } from "./site";
import { annotated } from "./site";

type Renderer = Pick<Site, "provider" | "rendered">;

/** What writes manifests into a folder instead of applying them, and the Application that has ArgoCD apply them. */
export function createRenderer(
  site: Pick<Site, "parent" | "name" | "args" | "owner">,
  renderTo: string,
): Renderer {
  const { parent, name, args } = site;
  const { argocd } = args;
  const objects = [
    ...renderedObjects(declaredObjects(args)),
    ...(argocd ? [identityOf({ kind: "Application", ...applicationName(args, argocd) })] : []),
  ];
  const renderer = {
    provider: new Provider(`${name}-cluster`, { renderYamlToDirectory: renderTo }, { parent }),
    rendered: new Rendered(`${name}-rendered`, { folder: resolve(renderTo), objects }, { parent })
      .annotations,
  };
  if (argocd === undefined) return renderer;
  const own = { labels: { [OWNER_LABEL]: site.owner }, ...annotated(renderer) };
  const folder = join(renderTo, ARGOCD_FOLDER);
  const provider = new Provider(`${name}-argocd-folder`, { renderYamlToDirectory: folder }, { parent });
  new CustomResource(`${name}-argocd`, application(args, argocd, own), { parent, provider });
  return renderer;
}

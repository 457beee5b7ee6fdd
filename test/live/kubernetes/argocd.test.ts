import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubernetesTopology } from "../../../components/backends/kubernetes/component";
import { record } from "../../mocked/harness";
import { kubernetesState } from "../../mocked/subjects";
import { missing } from "../require";
import type { KubernetesObject } from "./cluster";
import { get, kubectl } from "./cluster";
import { apply } from "./deployment";
import { manifests } from "./manifests";

const NAMESPACE = `argocd-${randomUUID().slice(0, 8)}`;

/** ArgoCD itself is not there; its definition of an Application is, closed (crds.yaml). */
describe.skipIf(missing("kubernetes"))("the Application beside the rendered manifests", () => {
  let application: KubernetesObject;

  beforeAll(async () => {
    kubectl(["apply", "--server-side", "-f", resolve(__dirname, "crds.yaml")]);
    kubectl(["wait", "--for=condition=Established", "crd/applications.argoproj.io", "--timeout=30s"]);
    kubectl(["create", "namespace", NAMESPACE]);
    const argocd = { repo: "https://git.example/ops.git", path: "redis", namespace: NAMESPACE };
    const { resources } = await record(
      () => new KubernetesTopology("live", { renderTo: "manifests", queue: {}, argocd }),
      { state: kubernetesState },
    );
    application = manifests(resources).find(({ kind }) => kind === "Application");
  });

  afterAll(() => {
    kubectl(["delete", "namespace", NAMESPACE]);
  });

  test("is valid by the definition, and read back as it is written", () => {
    apply(application);
    expect(get(NAMESPACE, "application", "redis").spec).toEqual(application.spec);
  });

  test("which refuses what an Application has not", () => {
    const wrong = structuredClone(application);
    wrong.spec.source.directory.recursive = true;
    expect(() => apply(wrong)).toThrow("spec.source.directory.recursive");
  });
});

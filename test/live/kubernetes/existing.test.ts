import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkExporter } from "../../../cli/src/checks/exporter";
import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import { declaredObjects } from "../../../components/backends/kubernetes/objects";
import { planKubernetes } from "../../../components/backends/kubernetes/plan";
import { provider } from "../../../components/backends/kubernetes/provider";
import { kubernetesWays } from "../../../components/backends/kubernetes/ways";
import { parseSettings } from "../../../settings";
import { stackFiles } from "../../mocked/stackFiles";
import { missing } from "../require";
import { find, get, kubectl } from "./cluster";
import type { Deployment } from "./deployment";
import { apply, deploy } from "./deployment";
import { IMAGE } from "./target";

const CLASS = "longhorn-replicated";

/** System E's own stack file, smaller, in a cluster that has its namespace and its class already. */
describe.skipIf(missing("kubernetes"))("beside what a cluster has already", () => {
  let args: KubernetesTopologyArgs;
  let deployed: Deployment;
  let before: unknown[];

  /** What belongs to somebody else, down to its version. */
  const theirs = () =>
    [get("", "namespace", "redis"), get("", "storageclass", CLASS), get("redis", "configmap", "theirs")].map(
      ({ metadata: { managedFields: _, ...metadata }, ...rest }) => ({ ...rest, metadata }),
    );

  const guard = async (given: KubernetesTopologyArgs) => {
    const target = {
      paths: [process.env.KUBECONFIG ?? ""],
      context: kubectl(["config", "current-context"]).trim(),
    };
    const inputs = { target, owner: "e.live.redis", deployment: "0123", objects: declaredObjects(given) };
    const existing = given.createNamespace === false && { existingNamespace: given.namespace ?? "" };
    const { failures = [] } = await provider.check(undefined, { ...inputs, ...existing });
    return failures.map(({ reason }) => reason);
  };

  beforeAll(async () => {
    const [file] = stackFiles().filter(({ stack }) => stack === "redis-longhorn");
    if (!file) throw new Error("System E has no stack file.");
    const raw = { values: file.config, isSecret: () => false };
    const settings = await parseSettings(raw, "redis-topology", file.stack);
    const { context: _, ...fromFile } = settings.args as KubernetesTopologyArgs;
    args = {
      ...fromFile,
      queue: {
        ...fromFile.queue,
        maxMemory: "32Mi",
        persistence: { ...fromFile.queue?.persistence, size: "1Gi" },
      },
      queueServer: { ...fromFile.queueServer, image: IMAGE },
    };
    kubectl(["delete", "namespace", "redis", "--ignore-not-found"]);
    kubectl(["apply", "--server-side", "-f", resolve(__dirname, "crds.yaml")]);
    kubectl([
      "wait",
      "--for=condition=Established",
      "crd/prometheusrules.monitoring.coreos.com",
      "--timeout=30s",
    ]);
  });

  afterAll(() => {
    kubectl(["delete", "namespace", "redis", "--ignore-not-found"]);
  });

  test("a namespace that is not there is named, before anything waits for it", async () => {
    expect(await guard(args)).toEqual([
      'namespace: the cluster has no namespace "redis", and `createNamespace` is false. Allowed: one that is there, or one that the stack creates. Create it (`kubectl create namespace redis`), correct the name, or remove `createNamespace`.',
    ]);
  });

  test("the stack file comes up between them, and the claim is of their class", async () => {
    kubectl(["create", "namespace", "redis"]);
    kubectl(["label", "namespace", "redis", "team=platform"]);
    apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "theirs", namespace: "redis" },
      data: { a: "b" },
    });
    before = theirs();
    expect(await guard(args)).toEqual([]);
    deployed = await deploy(args);
    expect(get("redis", "pvc", "data-redis-0")).toMatchObject({
      spec: { storageClassName: CLASS },
      status: { phase: "Bound" },
    });
    expect(get("redis", "networkpolicy", "redis").spec.ingress[0].from[1]).toEqual({
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["apps"] }],
      },
    });
  });

  test("verify's way to the exporter finds that it reaches Redis", async () => {
    const context = kubectl(["config", "current-context"]).trim();
    const plan = planKubernetes({ ...args, context });
    const { queue } = kubernetesWays({ ...args, kubeconfig: process.env.KUBECONFIG }, plan, context);
    const signal = new AbortController().signal;
    expect(
      await checkExporter("queue", queue?.exporter ?? [], { host: "redis", timeoutMs: 20_000, signal }),
    ).toMatchObject({ result: "pass", found: "redis_up 1" });
  });

  test("nothing of theirs is among what the stack declares, or changed", () => {
    const declared = deployed.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(declared.filter((name) => /^(Namespace|StorageClass) |theirs/.test(name))).toEqual([]);
    expect(theirs()).toEqual(before);
  });

  test("nothing of theirs goes with the stack", () => {
    // The newest first, as a destroy does: a claim goes after what uses it.
    for (const { kind, metadata } of [...deployed.objects].reverse())
      kubectl(["-n", metadata.namespace, "delete", kind, metadata.name]);
    expect(find("redis", "statefulset", "redis")).toBeUndefined();
    expect(theirs()).toEqual(before);
  });
});

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type {
  ClusterGuardInputs,
  ClusterGuardState,
} from "../../../components/backends/kubernetes/clusterGuard";
import { kubeconfigOf } from "../../../components/backends/kubernetes/kubeconfig";
import { declaredObjects } from "../../../components/backends/kubernetes/objects";
import { provider } from "../../../components/backends/kubernetes/provider";
import { missing } from "../require";
import { temporaryFolder } from "../servers";
import { eventually, get, kubectl } from "./cluster";
import { apply } from "./deployment";

const NAMESPACE = `guard-${randomUUID().slice(0, 8)}`;
const CLASS = `${NAMESPACE}-fixed`;
const CLAIM = "data-redis-queue-0";
const OWNER = "shop.live.redis";
const OWN = { "redis-topology/owner": OWNER };

/** What the guard asks of a real API server, and what it makes of the answers. */
describe.skipIf(missing("kubernetes"))("the guard before an up", () => {
  const folder = temporaryFolder();
  const path = process.env.KUBECONFIG ?? "";
  let context: string;
  let cluster: string;

  const wanted = (size: string, more: object = {}) => ({
    namespace: NAMESPACE,
    claim: CLAIM,
    wanted: size,
    size,
    storageClass: CLASS,
    createsClass: false,
    replicas: 0,
    ...more,
  });
  const inputs = (more: Partial<ClusterGuardInputs> = {}): ClusterGuardInputs => ({
    target: { paths: [path], context },
    owner: OWNER,
    deployment: "0123",
    objects: declaredObjects({ queue: {}, namespace: NAMESPACE }),
    ...more,
  });
  async function check(more: Partial<ClusterGuardInputs> = {}, before?: ClusterGuardState) {
    const { inputs: state, failures = [] } = await provider.check(before, inputs(more));
    return { state, reasons: failures.map(({ reason }) => reason) };
  }

  beforeAll(() => {
    context = kubectl(["config", "current-context"]).trim();
    cluster = get("", "namespace", "kube-system").metadata.uid;
    apply({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: CLASS },
      provisioner: "driver.longhorn.io",
      allowVolumeExpansion: true,
    });
  });

  afterAll(() => {
    kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
    kubectl(["delete", "storageclass", CLASS]);
  });

  test("an empty cluster is taken, and known by the UID of its kube-system", async () => {
    expect(await check()).toEqual({ state: { cluster }, reasons: [] });
  });

  test("another name of the context in another file is the same cluster", async () => {
    const config = parse(kubeconfigOf([path], context));
    config.contexts[0].name = "renamed";
    const [contexts, rest] = [join(folder, "contexts"), join(folder, "rest")];
    writeFileSync(contexts, JSON.stringify({ contexts: config.contexts }));
    writeFileSync(rest, JSON.stringify({ ...config, contexts: [] }));
    const target = { paths: [contexts, rest], context: "renamed" };
    expect(await check({ target }, { cluster })).toEqual({ state: { cluster }, reasons: [] });
  });

  test("another cluster is refused, with both identities", async () => {
    const { reasons } = await check({}, { cluster: "the-one-before" });
    expect(reasons).toEqual([
      `context: "${context}" leads to the cluster ${cluster}. Allowed: the cluster the-one-before, in which the objects of this stack are (UIDs of the namespace kube-system). Correct \`context\` or \`kubeconfig\`. For another cluster, make a second stack, and see docs/operations.md, "Move a queue".`,
    ]);
  });

  test("a namespace of somebody else is refused, one of ours is taken over", async () => {
    kubectl(["create", "namespace", NAMESPACE]);
    expect((await check()).reasons).toEqual([
      `namespace: the cluster has a Namespace "${NAMESPACE}" already, without the label redis-topology/owner. Allowed: a name that is free, or an object of this stack (redis-topology/owner=${OWNER}). Choose another name, or use this one as it is with \`createNamespace: false\`. If it is this stack's: \`kubectl label namespace ${NAMESPACE} redis-topology/owner=${OWNER} --overwrite\`.`,
    ]);
    kubectl(["label", "namespace", NAMESPACE, `redis-topology/owner=${OWNER}`, "--overwrite"]);
    expect((await check()).reasons).toEqual([]);
  });

  test("a server that another checkout of the stack runs is refused", async () => {
    const labels = { app: "x" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "x", image: "x" }] } };
    apply({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: {
        name: "redis-queue",
        namespace: NAMESPACE,
        labels: { ...OWN, "redis-topology/deployment": "4567" },
      },
      spec: { replicas: 0, serviceName: "x", selector: { matchLabels: labels }, template },
    });
    expect((await check()).reasons).toEqual([
      `queueServer.name: the StatefulSet "redis-queue" is run by another checkout of this stack, whose state is not this one's. Allowed: a stack that one state runs. Deploy from where it was deployed, or under another stack name. If that state is lost for good: \`kubectl -n ${NAMESPACE} delete statefulset redis-queue\` stops the server, and the next \`up\` takes over its volume.`,
    ]);
    expect((await check({ deployment: "4567" })).reasons).toEqual([]);
    kubectl(["-n", NAMESPACE, "delete", "statefulset", "redis-queue"]);
  });

  test("a class that is not there is named, before anything waits for it", async () => {
    const { reasons } = await check({ volume: wanted("1Gi", { storageClass: "fast" }) });
    // Classes of other test files come and go.
    const [, classes = ""] = /it has ([^.]+)\./.exec(reasons.join()) ?? [];
    expect(classes.split(", ")).toEqual(expect.arrayContaining([CLASS]));
    expect(classes.split(", ").sort().join(", ")).toBe(classes);
    expect(reasons).toEqual([
      `queue.persistence.storageClass: a text of 4 characters. Allowed: a class of the cluster: it has ${classes}. Correct the name, or create the class first.`,
    ]);
  });

  describe("with a volume of 2Gi", () => {
    const remembering = (size: string): ClusterGuardState => ({ cluster, volume: wanted(size) });
    const request = (size: string) =>
      kubectl([
        "-n",
        NAMESPACE,
        "patch",
        "pvc",
        CLAIM,
        "-p",
        JSON.stringify({ spec: { resources: { requests: { storage: size } } } }),
      ]);
    const expandable = (value: boolean) =>
      kubectl(["patch", "storageclass", CLASS, "-p", JSON.stringify({ allowVolumeExpansion: value })]);

    beforeAll(async () => {
      apply({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: CLAIM, namespace: NAMESPACE, labels: OWN },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: CLASS,
          resources: { requests: { storage: "2Gi" } },
        },
      });
      await eventually("the claim is bound", () => get(NAMESPACE, "pvc", CLAIM).status.phase === "Bound");
    });

    test("a size that the class refused is remembered nowhere", async () => {
      expandable(false);
      expect(() => request("9Gi")).toThrow("only dynamically provisioned pvc can be resized");
      const { state, reasons } = await check({ volume: wanted("2Gi") }, remembering("9Gi"));
      expect(reasons).toEqual([]);
      expect(state.volume.size).toBe("2Gi");
      expandable(true);
    });

    test("a smaller one is refused", async () => {
      expect((await check({ volume: wanted("1Gi") }, remembering("2Gi"))).reasons).toEqual([
        'queue.persistence.size: "1Gi". Allowed: 2Gi or more, which the volume has: no volume shrinks. For a smaller one, see docs/operations.md, "Move a queue".',
      ]);
    });

    test("one that somebody has grown keeps its size", async () => {
      request("4Gi");
      await eventually(
        "the volume has grown",
        () => get(NAMESPACE, "pvc", CLAIM).status.capacity.storage === "4Gi",
      );
      const { state, reasons } = await check({ volume: wanted("2Gi") }, remembering("2Gi"));
      expect(reasons).toEqual([]);
      expect(state.volume).toMatchObject({ wanted: "2Gi", size: "4Gi" });
    });
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterGuardInputs } from "../../../components/backends/kubernetes/clusterGuard";
import { KubernetesTopology } from "../../../components/backends/kubernetes/component";
import { provider } from "../../../components/backends/kubernetes/provider";
import { record } from "../../mocked/harness";
import { kubernetesState } from "../../mocked/subjects";
import { missing } from "../require";
import type { KubernetesObject } from "./cluster";
import { eventually, get, kubectl } from "./cluster";
import { apply } from "./deployment";
import { identity, manifests } from "./manifests";
import { IMAGE } from "./target";

const NAMESPACE = `killed-${randomUUID().slice(0, 8)}`;
const CLASS = `${NAMESPACE}-class`;

/** What an `up` that was killed, or a `destroy`, leaves in a real cluster, and what the next `up` makes of it. */
describe.skipIf(missing("kubernetes"))("after a run that did not end", () => {
  let objects: KubernetesObject[];
  let inputs: ClusterGuardInputs;

  const check = async (more: Partial<ClusterGuardInputs> = {}) => {
    const { failures = [] } = await provider.check(undefined, { ...inputs, ...more });
    return failures.map(({ reason }) => reason);
  };

  beforeAll(async () => {
    const kubeconfig = process.env.KUBECONFIG ?? "";
    const context = kubectl(["config", "current-context"]).trim();
    const server = { image: IMAGE };
    const storage = { longhorn: { name: CLASS, replicas: 1 } };
    const target = { kubeconfig, context, namespace: NAMESPACE };
    const recording = await record(
      () =>
        new KubernetesTopology("redis", {
          ...target,
          cache: {},
          queue: {},
          cacheServer: server,
          queueServer: server,
          storage,
        }),
      { state: kubernetesState },
    );
    objects = manifests(recording.resources);
    const guard = recording.get("pulumi-nodejs:dynamic/redis-topology:ClusterGuard", "redis-guard");
    inputs = guard.inputs as unknown as ClusterGuardInputs;
  });

  afterAll(() => {
    kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
    kubectl(["delete", "storageclass", CLASS, "--ignore-not-found"]);
  });

  test("killed after any step, the next up goes on", async () => {
    for (const object of objects) {
      apply(object);
      expect([identity(object), ...(await check())]).toEqual([identity(object)]);
    }
  });

  test("a checkout with another state does not take the servers over", async () => {
    const refused = await check({ deployment: "of another state" });
    expect(
      refused.map((reason) => /^\S+: the (\S+) "(\S+)" is run by another/.exec(reason)?.slice(1)),
    ).toEqual([
      ["StatefulSet", "redis-cache"],
      ["StatefulSet", "redis-queue"],
    ]);
  });

  test("copies that the volume does not have are refused, so nothing is promised for them", async () => {
    await eventually("the claim is bound", () => {
      return get(NAMESPACE, "pvc", "data-redis-queue-0").status.phase === "Bound";
    });
    const { volume } = inputs;
    if (!volume) throw new Error("There is no volume.");
    expect(await check()).toEqual([]);
    expect(await check({ volume: { ...volume, replicas: 3 } })).toEqual([
      expect.stringMatching(/^storage\.longhorn\.replicas: 3\. Allowed: 1, which the volume has: /),
    ]);
  });

  test("what a destroy keeps is taken over by a new state, with what it holds", async () => {
    const kept = ["Namespace", "PersistentVolumeClaim", "StorageClass"];
    for (const { kind, metadata } of objects.filter((object) => !kept.includes(object.kind))) {
      kubectl(["-n", NAMESPACE, "delete", kind, metadata.name]);
    }
    expect(await check({ deployment: "of a new state" })).toEqual([]);
  });
});

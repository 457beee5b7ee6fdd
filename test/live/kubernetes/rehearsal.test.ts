import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import { planKubernetes } from "../../../components/backends/kubernetes/plan";
import { rehearsal } from "../../../components/backends/kubernetes/provider";
import { rehearsalPod } from "../../../components/backends/kubernetes/rehearsal";
import { missing } from "../require";
import { kubectl } from "./cluster";
import { apply } from "./deployment";
import { IMAGE } from "./target";

const NAMESPACE = `rehearsal-${randomUUID().slice(0, 8)}`;

/** What is tried out in a real cluster before a running pod is taken. */
describe.skipIf(missing("kubernetes"))("the rehearsal of a server", () => {
  let context: string;

  function rehearse(more: KubernetesTopologyArgs) {
    const args = { namespace: NAMESPACE, context, queue: {}, queueServer: { image: IMAGE }, ...more };
    const [server] = planKubernetes(args).servers;
    if (!server) throw new Error("There is no queue.");
    const pod = rehearsalPod(args, NAMESPACE, server, "shop.live.redis");
    const access = { paths: [process.env.KUBECONFIG ?? ""], context };
    return rehearsal.create({ access, role: "queue", pod });
  }
  const pods = () => kubectl(["-n", NAMESPACE, "get", "pods", "-o", "name"]);

  beforeAll(() => {
    context = kubectl(["config", "current-context"]).trim();
    apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
  });

  afterAll(() => {
    kubectl(["delete", "namespace", NAMESPACE]);
  });

  test("passes with what the server takes, and leaves nothing", async () => {
    await expect(rehearse({ queue: { config: { timeout: "60" } } })).resolves.toMatchObject({
      id: "redis-queue-rehearsal",
    });
    expect(pods()).toBe("");
  });

  test("tells a directive that the server rejects, in its own words", async () => {
    const config = { "hash-max-listpack-entries": "many" };
    await expect(rehearse({ queue: { config } })).rejects.toThrow(
      new Error(
        "queue.config.hash-max-listpack-entries: the server says: argument couldn't be parsed into an integer. Allowed: what this version of the server takes. Correct the directive. The running server was not touched.",
      ),
    );
    expect(pods()).toBe("");
  }, 10_000);

  test("tells an image that cannot be had, and by whom it was said", async () => {
    const image = "localhost:1/nowhere/redis:1";
    await expect(rehearse({ queueServer: { image } })).rejects.toThrow(
      /^queueServer\.image: localhost:1\/nowhere\/redis:1: .*(pull|connect).*Allowed: an image that the nodes can pull and start\./,
    );
    expect(pods()).toBe("");
  });

  test("removes what an interrupted one has left", async () => {
    const labels = { "redis-topology/owner": "shop.live.redis" };
    const security = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "redis-queue-rehearsal", namespace: NAMESPACE, labels },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
        containers: [{ name: "redis", image: "localhost:1/nowhere/redis:1", securityContext: security }],
      },
    });
    await expect(rehearse({})).resolves.toBeDefined();
    expect(pods()).toBe("");
  });
});

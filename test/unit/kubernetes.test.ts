import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { KubernetesTopologyArgs } from "../../components/backends/kubernetes/args";
import { contextsOf, kubeconfigOf } from "../../components/backends/kubernetes/kubeconfig";
import { ownerOf } from "../../components/backends/kubernetes/owner";
import { planKubernetes } from "../../components/backends/kubernetes/plan";
import { provider } from "../../components/backends/kubernetes/provider";
import { cpuQuantity, quantity } from "../../components/backends/kubernetes/quantity";
import { renderedState } from "../../components/backends/kubernetes/rendered";
import { defaultVolume, volumeFloor } from "../../components/backends/kubernetes/storage";
import {
  accessOf,
  kubeconfigPaths,
  targetOf,
  unreachableTarget,
} from "../../components/backends/kubernetes/target";
import type { FoundVolume, WantedVolume } from "../../components/backends/kubernetes/volume";
import { claimSize, volumeProblems } from "../../components/backends/kubernetes/volume";
import { alertsFor } from "../../components/redis/alerts";
import { describe as describeProblem } from "../../components/redis/problems";
import { ROLES } from "../../components/redis/roles";
import { temporaryFolder } from "../live/servers";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

test.each([
  [1024 * MIB, "1Gi"],
  [4608 * MIB, "4608Mi"],
  [448 * MIB, "448Mi"],
  [1536, "1536"],
  [2048, "2Ki"],
  [1_000_000_000, "1G"],
  [1_500_000, "1500k"],
  [1_000_001, "1000001"],
])("%d bytes are %s, as the API server has it", (bytes, text) => {
  expect(quantity(bytes)).toBe(text);
});

test.each([
  ["0.5", "500m"],
  ["500m", "500m"],
  ["2", "2"],
  ["2.0", "2"],
  ["1000m", "1"],
  ["0.001", "1m"],
  ["0", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["half", undefined],
])("CPU %j is %j", (text, canonical) => {
  expect(cpuQuantity(text)).toBe(canonical);
});

test("a volume holds AOF, rewrite and snapshot side by side", () => {
  expect(volumeFloor(GIB)).toBe(4 * GIB + 256 * MIB);
  expect(defaultVolume(256 * MIB)).toBe(2 * GIB);
  expect(defaultVolume(GIB)).toBe(5 * GIB);
});

describe("kubeconfig", () => {
  test("is looked for where kubectl looks", () => {
    expect(kubeconfigPaths("given", "a:b")).toEqual(["given"]);
    expect(kubeconfigPaths(undefined, "a:b")).toEqual(["a", "b"]);
    expect(kubeconfigPaths(undefined, undefined)[0]).toMatch(/\/\.kube\/config$/);
    expect(kubeconfigPaths(undefined, "")[0]).toMatch(/\/\.kube\/config$/);
  });

  test("several files are one, with what the context needs and paths of their own folders", () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    const write = (folder: string, config: object) => {
      writeFileSync(join(folder, "config"), JSON.stringify(config));
      return join(folder, "config");
    };
    const first = write(one, {
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: { "client-key": "key.pem", exec: { command: "./login", args: [] } } }],
    });
    const second = write(two, {
      contexts: [{ name: "prod", context: { cluster: "other", user: "other" } }],
      clusters: [
        { name: "c", cluster: { server: "https://c", "certificate-authority": "ca.pem" } },
        { name: "other", cluster: { server: "https://other" } },
      ],
      users: [{ name: "other", user: { token: "hush" } }],
    });
    expect(JSON.parse(kubeconfigOf([first, "/nowhere", second], "prod"))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "prod",
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      clusters: [
        { name: "c", cluster: { server: "https://c", "certificate-authority": join(two, "ca.pem") } },
      ],
      users: [
        {
          name: "u",
          user: { "client-key": join(one, "key.pem"), exec: { command: join(one, "login"), args: [] } },
        },
      ],
    });
  });

  test.each([
    ["contexts: [{name: a, context: {}}]\ncurrent-context: a", { names: ["a"], current: "a" }],
    ['{"contexts": [{"name": "a"}, {"name": "b"}], "current-context": ""}', { names: ["a", "b"] }],
    ["contexts: null", { names: [] }],
    ["", { names: [] }],
    ["just a text", { names: [] }],
  ])("%j", (text, contexts) => {
    expect(contextsOf(parse(text))).toEqual(contexts);
  });
});

describe("the target", () => {
  const folder = temporaryFolder();
  const kubeconfig = join(folder, "config");
  writeFileSync(kubeconfig, "contexts: [{name: stage}, {name: other}]\ncurrent-context: other\n");
  const broken = join(folder, "broken");
  writeFileSync(broken, "users:\n  - token: hush\n wrong");

  test("is the named context, or the current one by its name", () => {
    const paths = [kubeconfig];
    expect(accessOf({ paths, context: "stage" })).toEqual({ access: { paths, context: "stage" } });
    expect(accessOf({ paths, useCurrentContext: true })).toEqual({ access: { paths, context: "other" } });
  });

  const elsewhere = "point `kubeconfig` (or $KUBECONFIG) at";
  test.each<[string, KubernetesTopologyArgs, string[]]>([
    ["a context that is there", { context: "stage", kubeconfig }, []],
    ["rendered manifests, which go to no cluster", { renderTo: "manifests", kubeconfig: "/nowhere" }, []],
    ["no target at all, which the plan refuses", {}, []],
    [
      "a context that does not exist",
      { context: "staging", kubeconfig },
      [
        `context: a text of 7 characters. Allowed: a context of the file that \`kubeconfig\` names: other, stage. Correct \`context\`, or ${elsewhere} the file that has it.`,
      ],
    ],
    [
      "a kubeconfig that is not there",
      { context: "stage", kubeconfig: "/nowhere/config" },
      [
        `context: a text of 5 characters. Allowed: a context of the file that \`kubeconfig\` names, which has none or does not exist. Correct \`context\`, or ${elsewhere} the file that has it.`,
      ],
    ],
    [
      "no current context",
      { useCurrentContext: true, kubeconfig: "/nowhere/config" },
      [
        `useCurrentContext: the file that \`kubeconfig\` names has no current context. Allowed: a context of the file that \`kubeconfig\` names, which has none or does not exist. Correct \`context\`, or ${elsewhere} the file that has it.`,
      ],
    ],
    [
      "a folder",
      { context: "stage", kubeconfig: folder },
      [
        `kubeconfig: the file that \`kubeconfig\` names cannot be read (EISDIR). Allowed: a kubeconfig that \`kubectl config view\` can read. Correct the file or its rights, or ${elsewhere} another one.`,
      ],
    ],
    [
      "something else, of which no line is repeated",
      { context: "stage", kubeconfig: broken },
      [
        `kubeconfig: the file that \`kubeconfig\` names is not YAML. Allowed: a kubeconfig that \`kubectl config view\` can read. Correct the file or its rights, or ${elsewhere} another one.`,
      ],
    ],
  ])("%s", async (_, args, messages) => {
    expect(unreachableTarget(args).map(describeProblem)).toEqual(messages);
    if (messages.length === 0) return;
    // Whoever uses the component hears the same of its guard.
    const inputs = { target: targetOf(args), owner: "o", deployment: "d", objects: [] };
    const { failures } = await provider.check(undefined, inputs);
    expect(failures?.map(({ reason }) => reason)).toEqual(messages);
  });
});

describe("refusals", () => {
  const target = { context: "any" };
  test.each<[string, KubernetesTopologyArgs, string | string[]]>([
    [
      "two targets",
      { context: "a", renderTo: "b", cache: {} },
      "context: `context` and `renderTo` together. Allowed: one of `context`, `useCurrentContext: true` and `renderTo`. Name the cluster's context (`kubectl config get-contexts` lists them), so that nothing goes to whichever cluster happens to be current.",
    ],
    [
      "a volume below its floor",
      { ...target, queue: { maxMemory: "1gb", persistence: { size: "4Gi" } } },
      'queue.persistence.size: "4Gi". Allowed: at least 4 × 1Gi + 256Mi = 4352Mi, so that AOF, its rewrite and a snapshot fit side by side. Raise it, or lower `queue.maxMemory`.',
    ],
    [
      "a request above the limit",
      { ...target, cache: { maxMemory: "100Mi" }, cacheServer: { memoryRequest: "1Gi" } },
      'cacheServer.memoryRequest: "1Gi". Allowed: at most the memory limit, 142Mi. Lower it, or raise `cache.memoryLimit`.',
    ],
    [
      "an amount of CPU that is none",
      { ...target, cache: {}, cacheServer: { cpuLimit: "a lot" } },
      'cacheServer.cpuLimit: a text of 5 characters. Allowed: cores above zero, such as "0.5" or "500m". Correct the amount.',
    ],
    [
      "an image and a version",
      { ...target, queue: { version: "7.2" }, queueServer: { image: "mine:1" } },
      "queueServer.image, queue.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
    ],
    [
      "the same name twice",
      { ...target, cache: {}, queue: {}, cacheServer: { name: "redis" }, queueServer: { name: "redis" } },
      "cacheServer.name, queueServer.name: both the same. Allowed: two different names. Give one of them another name.",
    ],
    [
      "a name that is no DNS label",
      { ...target, cache: {}, cacheServer: { name: "Redis_1" } },
      "cacheServer.name: a text of 7 characters. Allowed: lower-case letters, digits and inner hyphens, at most 40 characters. Choose another name.",
    ],
    [
      "a namespace that is no DNS label",
      { ...target, namespace: "a.b", cache: {} },
      "namespace: a text of 3 characters. Allowed: lower-case letters, digits and inner hyphens, at most 63 characters. Choose another name.",
    ],
    [
      "the exporter's port",
      { ...target, cache: { port: 9121 } },
      "cache.port: 9121. Allowed: any port but 9121, on which the pod's exporter listens. Choose another port, or switch `monitoring.exporter` off.",
    ],
    [
      "a class by name and a class to create",
      { ...target, queue: { persistence: { storageClass: "fast" } }, storage: { longhorn: {} } },
      "queue.persistence.storageClass, storage.longhorn: both given. Allowed: one of the two: a class by name, or one that is created. Remove one of them.",
    ],
    [
      "replicas that Longhorn has not",
      { ...target, queue: {}, storage: { longhorn: { replicas: 0 } } },
      "storage.longhorn.replicas: 0. Allowed: a whole number from 1 to 20. Correct the number; 3 survives the loss of two nodes.",
    ],
    [
      "strict locality with copies",
      { ...target, queue: {}, storage: { longhorn: { dataLocality: "strict-local" } } },
      'storage.longhorn.dataLocality: "strict-local". Allowed: `strict-local` only with `storage.longhorn.replicas: 1`. Use `best-effort`, which keeps one of the copies on the pod\'s node.',
    ],
    [
      "a job that keeps nothing",
      {
        ...target,
        queue: {},
        storage: { recurringJobs: [{ name: "j", task: "backup", cron: "0 * * * *", retain: 0 }] },
      },
      "storage.recurringJobs.0.retain: 0. Allowed: a whole number from 1 to 250. Correct the number.",
    ],
    [
      "a job without a schedule",
      {
        ...target,
        queue: {},
        storage: { recurringJobs: [{ name: "j", task: "backup", cron: "hourly", retain: 1 }] },
      },
      'storage.recurringJobs.0.cron: one field. Allowed: five fields, such as "0 */6 * * *". Correct the line.',
    ],
    [
      "an Application without rendered manifests, and a token in a manifest",
      { ...target, queue: {}, argocd: { repo: "https://Pl4nted@git.example/ops.git", path: "redis" } },
      [
        "argocd: given without `renderTo`. Allowed: rendered manifests. Add `renderTo` in place of `context`, or remove `argocd`.",
        "argocd.repo: a URL with credentials. Allowed: a URL that a manifest in git may hold. Remove them, and give them to ArgoCD as a repository Secret.",
      ],
    ],
    [
      "an Application with a path outside of its repository, and a name that is none",
      {
        renderTo: "manifests",
        queue: {},
        argocd: { repo: "ssh://git@git.example/ops.git", path: "../redis", name: "Redis", namespace: "a.b" },
      },
      [
        "argocd.name: a text of 5 characters. Allowed: lower-case letters, digits and inner hyphens, at most 63 characters. Choose another name.",
        "argocd.namespace: a text of 3 characters. Allowed: lower-case letters, digits and inner hyphens, at most 63 characters. Choose another name.",
        "argocd.path: a text of 8 characters. Allowed: a path from the root of the repository, such as `manifests/redis`. Correct the path.",
      ],
    ],
    [
      "clients without a label in no namespace",
      { ...target, queue: {}, network: { clientLabels: {} } },
      "network.clientLabels: empty, without `network.clientNamespaces`. Allowed: at least one label: without any, every pod of the cluster could connect. Remove it, and name the namespaces whose pods need no label as `network.openNamespaces`.",
    ],
    [
      "an open namespace that can be none",
      { ...target, queue: {}, network: { openNamespaces: ["*"] } },
      "network.openNamespaces.0: a text of 1 character. Allowed: lower-case letters, digits and inner hyphens, at most 63 characters. Choose another name.",
    ],
    [
      "open namespaces that are none",
      { ...target, queue: {}, network: { openNamespaces: [] } },
      "network.openNamespaces: empty. Allowed: names of namespaces. Name some, or remove the setting.",
    ],
    [
      "an address range that is none, which the API server would refuse when the rest is made",
      { ...target, queue: {}, network: { clientCidrs: ["10.0.0.0/8", "10.0.0.0/33"] } },
      'network.clientCidrs.1: "10.0.0.0/33". Allowed: a network such as 10.0.0.0/16 or 2001:db8::/32. Correct the network.',
    ],
    [
      "a queue's name with a colon",
      { ...target, queue: {}, monitoring: { queues: ["a:b"] } },
      "monitoring.queues: a text of 3 characters. Allowed: names of BullMQ queues, without spaces, colons, commas and equals signs. Give the name as in `new Queue(name)`.",
    ],
  ])("%s", (_, args, message) => {
    expect(planKubernetes(args).problems.map(describeProblem)).toEqual([message].flat());
  });

  const wanted = {
    wanted: "10Gi",
    size: "10Gi",
    storageClass: "longhorn",
    createsClass: false,
    replicas: 0,
  };
  const claim = { request: "10Gi", capacity: "10Gi", storageClass: "longhorn", replicas: 1 };
  test.each<[string, Partial<WantedVolume>, string[]]>([
    ["the same volume", {}, []],
    ["a larger one", { wanted: "20Gi" }, []],
    ["as large in other words", { wanted: "10240Mi" }, []],
    [
      "a smaller one",
      { wanted: "5Gi" },
      [
        'queue.persistence.size: "5Gi". Allowed: 10Gi or more, which the volume has: no volume shrinks. For a smaller one, see docs/operations.md, "Move a queue".',
      ],
    ],
    [
      "another class",
      { storageClass: "" },
      [
        'queue.persistence.storageClass: "". Allowed: "longhorn", in which the volume was made (empty is the cluster\'s default). For another one, see docs/operations.md, "Move a queue".',
      ],
    ],
    ["one with the copies that it has", { replicas: 1 }, []],
    [
      "one with more copies",
      { replicas: 3 },
      [
        "storage.longhorn.replicas: 3. Allowed: 1, which the volume has: a class applies to new volumes only. Change the volume itself first, in Longhorn's UI or with `kubectl -n longhorn-system edit volumes.longhorn.io`, then this number.",
      ],
    ],
  ])("a volume becomes %s", (_, change, messages) => {
    const problems = volumeProblems(wanted, { ...wanted, ...change }, { claim });
    expect(problems.map(describeProblem)).toEqual(messages);
  });

  test.each<[string, FoundVolume, string[]]>([
    ["a class that is there", { classes: ["longhorn"] }, []],
    ["classes that may not be read", {}, []],
    [
      "no such class",
      { classes: ["slow", "fast"] },
      [
        "queue.persistence.storageClass: a text of 8 characters. Allowed: a class of the cluster: it has fast, slow. Correct the name, or create the class first.",
      ],
    ],
  ])("a new volume, and the cluster has %s", (_, found, messages) => {
    expect(volumeProblems(undefined, wanted, found).map(describeProblem)).toEqual(messages);
  });

  test("a claim that waits for its volume cannot change", () => {
    const waiting = { claim: { request: "8Gi", storageClass: "longhorn" } };
    expect(volumeProblems(wanted, { ...wanted, wanted: "8192Mi" }, waiting)).toEqual([]);
    expect(volumeProblems(wanted, wanted, waiting).map(describeProblem)).toEqual([
      'queue.persistence.size: "10Gi". Allowed: 8Gi, for which the claim still waits: only a claim with a volume can change. Delete the claim (`kubectl get pvc` shows it Pending), which holds nothing yet, and deploy again.',
    ]);
  });

  test("a new volume without a class needs a default one", () => {
    const after = { ...wanted, storageClass: "" };
    expect(volumeProblems(undefined, after, { classes: ["a"], defaultClass: "a" })).toEqual([]);
    expect(volumeProblems(undefined, after, { classes: [] }).map(describeProblem)).toEqual([
      "queue.persistence.storageClass: missing, and the cluster has no default class. Allowed: a class of the cluster: it has none. Name one, create one with `storage.longhorn`, or mark one as the default (annotation storageclass.kubernetes.io/is-default-class).",
    ]);
  });

  test.each([
    ["no claim yet", "2Gi", undefined, "2Gi"],
    ["the claim as it is", "2Gi", { request: "2Gi", capacity: "2Gi" }, "2Gi"],
    ["growth", "3Gi", { request: "2Gi", capacity: "2Gi" }, "3Gi"],
    ["a claim grown by hand", "2Gi", { request: "4Gi", capacity: "4Gi" }, "4Gi"],
    ["a growth that failed, taken back to less", "3Gi", { request: "9Gi", capacity: "2Gi" }, "3Gi"],
    ["a claim that waits for its volume", "2Gi", { request: "4Gi" }, "4Gi"],
  ])("the size of %s", (_, size, has, expected) => {
    expect(claimSize(size, has ? { claim: { ...has, storageClass: "" } } : {})).toBe(expected);
  });

  test("a cluster that does not answer is named by its address", async () => {
    const path = join(temporaryFolder(), "config");
    const cluster = { server: "https://127.0.0.1:1" };
    const context = { cluster: "c", user: "u" };
    const config = {
      contexts: [{ name: "prod", context }],
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: { token: "hush" } }],
    };
    writeFileSync(path, JSON.stringify(config));
    const { failures } = await provider.check(undefined, {
      target: { paths: [path], context: "prod" },
      owner: "o",
      deployment: "d",
      objects: [],
    });
    expect(failures?.map(({ reason }) => reason)).toEqual([
      'context: https://127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1. Allowed: a cluster that answers, and lets you read what the stack is about to change. Try `kubectl --context` with this name; the rights that are needed are in docs/operations.md, "Kubernetes: before an up".',
    ]);
  });
});

test.each([
  [["shop", "prod", "redis"], "shop.prod.redis"],
  [["my-shop", "prod_2", "redis"], "my-shop.prod_2.redis"],
  [["a.b", "c", "redis"], expect.stringMatching(/^a\.b\.c\.redis-[0-9a-f]{8}$/)],
  [["a", "b.c", "redis"], expect.stringMatching(/^a\.b\.c\.redis-[0-9a-f]{8}$/)],
  [["a".repeat(60), "prod", "redis"], expect.stringMatching(/^a{54}-[0-9a-f]{8}$/)],
])("the owner of %j is %s, as a label may hold it", ([project = "", stack = "", name = ""], label) => {
  expect(ownerOf(project, stack, name)).toEqual(label);
  expect(ownerOf("a.b", "c", "redis")).not.toBe(ownerOf("a", "b.c", "redis"));
});

describe("a folder of rendered manifests", () => {
  const objects = ["Namespace redis", "ConfigMap redis/a", "ConfigMap redis/b"];
  const state = { objects, generation: 1 };
  const write = (folder: string, file: string, ...names: string[]) => {
    mkdirSync(join(folder, "1-manifest"), { recursive: true });
    const manifest = (name: string) => `kind: ConfigMap\nmetadata: { name: ${name}, namespace: redis }\n`;
    writeFileSync(join(folder, "1-manifest", file), names.map(manifest).join("---\n"));
  };
  const filled = () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "namespace.yml"), "kind: Namespace\nmetadata: { name: redis }\n");
    write(folder, "both.yaml", "a", "b");
    return folder;
  };
  const [whole, partly] = [filled(), filled()];
  write(partly, "both.yaml", "b");

  test.each([
    ["the first run", undefined, "/nowhere", 1],
    ["a whole one", state, whole, 1],
    ["one that had been lost before", { objects, generation: 3 }, whole, 3],
    ["a lost one", state, "/nowhere", 2],
    ["one without one of its manifests", state, partly, 2],
    ["one for which an object is new", { objects: objects.slice(0, 2), generation: 1 }, whole, 1],
  ])("%s", (_, before, folder, generation) => {
    expect(renderedState(before, { folder, objects })).toEqual({ objects, generation });
  });
});

test("every alert's runbook is a heading of docs/operations.md", () => {
  const text = readFileSync(resolve(__dirname, "../../docs/operations.md"), "utf8");
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, "")
      .replaceAll(" ", "-"),
  );
  const runbooks = ROLES.flatMap((role) => alertsFor(role).map(({ runbook }) => runbook));
  expect([...new Set(runbooks)].filter((runbook) => !anchors.includes(runbook))).toEqual([]);
});

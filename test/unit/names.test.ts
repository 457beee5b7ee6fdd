import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { identityProblem } from "../../components/backends/docker/identity";
import { engineCheck, unreachable } from "../../components/backends/docker/reach";
import { startScript } from "../../components/backends/docker/start";
import { rejection } from "../../components/backends/docker/trial";
import { provider as elasticacheProvider } from "../../components/backends/elasticache/provider";
import type { ReplacementGuardInputs } from "../../components/backends/elasticache/replacementGuard";
import { judge } from "../../components/backends/external/judge";
import { failure } from "../../components/backends/external/observe";
import { provider as externalProvider } from "../../components/backends/external/provider";
import { ownerProblems } from "../../components/backends/kubernetes/owner";
import { provider as kubernetesProvider } from "../../components/backends/kubernetes/provider";
import { judge as judgePod } from "../../components/backends/kubernetes/rehearse";
import { unreachableTarget } from "../../components/backends/kubernetes/target";
import { volumeProblems } from "../../components/backends/kubernetes/volume";
import { EVENTS, kept, lost, toldGuarantees } from "../../components/redis/guarantees";
import type { Problem } from "../../components/redis/problems";
import { describe as describeProblem, toldProblem } from "../../components/redis/problems";
import { joined, key, say, told } from "../../components/redis/sentence";

describe("a sentence", () => {
  test.each([
    [undefined, "Set `bind` (`deploy: false`) or `queue.port`, 2 or more; `bind` and `protect: true`."],
    [
      "docker",
      "Set `docker.bind` (`docker.deploy: false`) or `queue.port`, 2 or more; `docker.bind` and `protect: true`.",
    ],
  ])("in the section %s names settings as they stand there", (section, text) => {
    const two = joined([key("bind"), key("protect", "true")], " and ");
    const sentence = say`Set ${key("bind")} (${key("deploy", "false")}) or ${key("queue.port")}, ${2} or more; ${two}.`;
    expect(told(sentence, section)).toBe(text);
  });

  test("a setting in a text that is no sentence is a mistake, not one of its names", () => {
    expect(() => `${key("bind")}`).toThrow(
      new Error("The setting bind stands in a text that is no sentence."),
    );
  });

  test("what is wrong and no setting has no section", () => {
    const problem = { key: { other: "the stack's name" }, was: "x", allowed: "y", fix: "Z." };
    expect(toldProblem(problem, "docker").key).toEqual(["the stack's name"]);
  });

  test("guarantees name settings as their reader does", () => {
    const outcomes = Object.fromEntries(EVENTS.map((event) => [event, kept("It stays.")]));
    const queue = { ...outcomes, destroy: lost(say`${key("deleteData")} is true.`) } as never;
    expect(toldGuarantees({ queue }, "docker").queue?.destroy.detail).toBe("`docker.deleteData` is true.");
    expect(toldGuarantees({ queue }, undefined).queue?.destroy.detail).toBe("`deleteData` is true.");
    expect(toldGuarantees({ queue }, "docker").queue?.redeploy.detail).toBe("It stays.");
  });
});

const lines = (problems: readonly Problem[]) => (section?: string) =>
  problems.map((problem) => describeProblem(toldProblem(problem, section))).join("\n");
const guarded = {
  role: "queue",
  groupId: "g",
  groupArn: "a",
  actualVersion: "8.2.1",
  engine: "valkey",
  version: "8.2",
  port: 6379,
  vpcId: "vpc-1",
  kmsKeyId: "",
  clustered: false,
  enforced: true,
  minorUpgrades: false,
  token: "t",
  previousToken: "",
  tokenMade: false,
} as const;
const reasons = async (change: Partial<ReplacementGuardInputs>, section?: string) =>
  (await elasticacheProvider.check(guarded, { ...guarded, ...change, section })).failures
    ?.map(({ reason }) => reason)
    .join("\n");
const SAFE =
  "Bring up a second stack from a snapshot (`«queueGroup.restoreFrom»`) and move the applications there; to replace this one and lose its jobs, set `protect: false` and deploy that first.";
const external = { role: "queue", host: "127.0.0.1", port: 1, username: "default", tls: false };
const NODE = { kind: "StorageClass", name: "fast", path: "/", key: "storage.longhorn.name" };

const KUBECONFIG = resolve(__dirname, "../mocked/fixtures/kubeconfig.yaml");

async function guardSays(kubeconfig: string, section?: string): Promise<string | undefined> {
  const target = { paths: [kubeconfig], kubeconfig, context: "stage" };
  const news = { target, owner: "o", deployment: "d", objects: [], section };
  return (await kubernetesProvider.check(undefined, news)).failures?.[0]?.reason;
}

/** What is said after the plan: «bind» is an arg's name, or with the section before it. */
test.each<[string, string, (section?: string) => unknown, string]>([
  [
    "docker",
    "a remote engine of the environment",
    (section) => {
      const check = engineCheck({}, { DOCKER_HOST: "tcp://box:2376" }, "linux");
      return check && "problem" in check && lines([check.problem])(section);
    },
    "«host»: missing, and DOCKER_HOST names a remote engine. Allowed: the address of a remote engine, so that ports and endpoints are those of its machine. Set `«host»` to what DOCKER_HOST holds, or unset DOCKER_HOST.",
  ],
  [
    "docker",
    "an engine that does not answer",
    (section) => {
      const check = engineCheck({ host: "unix:///x" }, {}, "linux");
      return check && "try" in check && lines([unreachable(check.named, "ENOENT")])(section);
    },
    "«host»: the engine that `«host»` names does not answer (ENOENT). Allowed: a running Docker engine. Start it (`sudo systemctl start docker`, or Docker Desktop), name another one, or work without Docker: `pulumi stack select local`.",
  ],
  [
    "docker",
    "another engine",
    (section) =>
      identityProblem({ engineId: "A", engineName: "a" }, { engineId: "B", engineName: "b" }, section),
    '«host»: the engine "b" (B). Allowed: the engine "a" (A), on which this stack\'s servers and data are. Set it back (or `DOCKER_HOST`, `DOCKER_CONTEXT`); for another engine make another stack, since data does not move. If the engine at the old address was made anew and is empty: `pulumi refresh`, then run again.',
  ],
  [
    "docker",
    "files of another user",
    (section) => rejection({ role: "queue", user: "999", volume: "v", section }, 97, ""),
    '«user»: 999, who cannot read and write the files of volume "v". Allowed: their owner. Nothing was changed; a server that ran goes on. Set `«user»` to it: `docker run --rm -v v:/data redis ls -ln /data` shows it.',
  ],
  [
    "docker",
    "a volume without room",
    (section) => /Make room .*? write there\./.exec(startScript("redis-server", section))?.[0],
    "Make room on the volume, for as much again as the snapshot, or let «user» write there.",
  ],
  [
    "kubernetes",
    "a context that there is not",
    lines(unreachableTarget({ context: "qa-7", kubeconfig: KUBECONFIG })),
    "«context»: a text of 4 characters. Allowed: a context of the file that `«kubeconfig»` names: other, prod, stage. Correct `«context»`, or point `«kubeconfig»` (or $KUBECONFIG) at the file that has it.",
  ],
  [
    "kubernetes",
    "somebody else's storage class",
    lines(ownerProblems({ owner: "p.s.t", deployment: "d" }, [{ ...NODE, labels: {} }])),
    '«storage.longhorn.name»: the cluster has a StorageClass "fast" already, without the label redis-topology/owner. Allowed: a name that is free, or an object of this stack (redis-topology/owner=p.s.t). Choose another name, or use this one as it is with `queue.persistence.storageClass` instead of `«storage.longhorn»`. If it is this stack\'s: `kubectl label storageclass fast redis-topology/owner=p.s.t --overwrite`.',
  ],
  [
    "kubernetes",
    "no class at all",
    lines(
      volumeProblems(
        undefined,
        { wanted: "1Gi", size: "1Gi", storageClass: "", createsClass: false, replicas: 0 },
        { classes: [] },
      ),
    ),
    "queue.persistence.storageClass: missing, and the cluster has no default class. Allowed: a class of the cluster: it has none. Name one, create one with `«storage.longhorn»`, or mark one as the default (annotation storageclass.kubernetes.io/is-default-class).",
  ],
  [
    "kubernetes",
    "a pod that does not run",
    (section) => {
      const verdict = judgePod("queue", {} as never, { phase: "Failed", reason: "Evicted" });
      return typeof verdict === "object" && lines([verdict])(section);
    },
    "«queueServer»: Evicted. Allowed: settings with which a pod runs in this cluster. Look at the namespace's events and at `«queueServer.nodeSelector»`, `«queueServer.tolerations»` and `«queueServer.affinity»`. The running server was not touched.",
  ],
  [
    "elasticache",
    "another key",
    (section) => reasons({ kmsKeyId: "k" }, section),
    `«kmsKeyId»: a text of 1 character. Allowed: "", with which the group was created. ${SAFE}`,
  ],
  [
    "elasticache",
    "another name",
    (section) => reasons({ groupId: "h" }, section),
    `name of project, stack or topology: "h". Allowed: "g", with which the group was created. ${SAFE}`,
  ],
  [
    "elasticache",
    "an upgrade of its own",
    (section) => reasons({ version: "9.0", minorUpgrades: true }, section),
    "queue.version: valkey 9.0 with `«minorUpgrades»: true`. Allowed: valkey 8, of which AWS chooses the minor version by itself. Set `«minorUpgrades»: false` together with the new version, deploy that, and turn it on again afterwards.",
  ],
  [
    "external",
    "a hidden policy",
    lines(judge("queue", { server: "redis 7.4.0", clusterMode: false, policy: "", persistence: "" })),
    "«queueServer» maxmemory-policy: hidden by the service. Allowed: noeviction, since a queue that evicts loses jobs. Look it up at the server's provider; when it is noeviction there, skip the check with `«checkAtDeploy»: false` and `«queueServer.clusterMode»`.",
  ],
  [
    "external",
    "a missing password",
    (section) => failure({ ...external, section }, new Error("NOAUTH Authentication required.")),
    "«queueServer»: 127.0.0.1:1 demands a password, and none is given. Set `«queueServer.password»` to the one that the server's provider shows.",
  ],
  [
    "external",
    "a server that does not answer",
    async (section) => {
      const { failures } = await externalProvider.check(undefined, { ...external, password: "", section });
      return failures?.[0]?.reason;
    },
    "«queueServer»: 127.0.0.1:1 cannot be used without TLS: connect ECONNREFUSED 127.0.0.1:1. Check host, port, TLS, certificate and firewall, or skip the check with `«checkAtDeploy»: false`.",
  ],
  [
    "kubernetes",
    "a kubeconfig that cannot be read",
    (section) => guardSays(__dirname, section),
    "«kubeconfig»: the file that `«kubeconfig»` names cannot be read (EISDIR). Allowed: a kubeconfig that `kubectl config view` can read. Correct the file or its rights, or point `«kubeconfig»` (or $KUBECONFIG) at another one.",
  ],
  [
    "kubernetes",
    "a cluster that does not answer",
    (section) => {
      const file = join(mkdtempSync(join(tmpdir(), "names-")), "config");
      writeFileSync(
        file,
        readFileSync(KUBECONFIG, "utf8").replace("https://cluster.invalid", "http://127.0.0.1:1"),
      );
      return guardSays(file, section);
    },
    '«context»: http://127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1. Allowed: a cluster that answers, and lets you read what the stack is about to change. Try `kubectl --context` with this name; the rights that are needed are in docs/operations.md, "Kubernetes: before an up".',
  ],
])("%s: %s", async (section, _, speak, text) => {
  expect(await speak(undefined)).toBe(text.replace(/«(.*?)»/g, "$1"));
  expect(await speak(section)).toBe(text.replace(/«(.*?)»/g, `${section}.$1`));
});

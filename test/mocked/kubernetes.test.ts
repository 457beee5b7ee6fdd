import { join, resolve } from "node:path";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { KubernetesTopologyArgs } from "../../components/backends/kubernetes/args";
import { KubernetesTopology } from "../../components/backends/kubernetes/component";
import { queueOptions, workerOptions } from "../../components/client";
import { bullmqDefaults } from "../../components/redis/bullmq";
import type { RecordOptions } from "./harness";
import { record, resolved } from "./harness";
import { kubernetesState, subjects } from "./subjects";

const target = subjects.kubernetes.required?.({}) as { context: string; kubeconfig: string };
const create = (args: KubernetesTopologyArgs, options: RecordOptions = {}) =>
  record(() => new KubernetesTopology("redis", args), { state: kubernetesState, ...options });

const OWNER = { "redis-topology/owner": "redis-topology.test.redis" };
const podLabels = (role: string) => ({
  "app.kubernetes.io/name": "redis",
  "app.kubernetes.io/instance": `redis-${role}`,
  "app.kubernetes.io/component": role,
  "app.kubernetes.io/part-of": "redis-topology",
  "app.kubernetes.io/managed-by": "pulumi",
});
const labels = (role: string) => ({ ...podLabels(role), ...OWNER });
const selector = (role: string) => ({
  "app.kubernetes.io/name": "redis",
  "app.kubernetes.io/instance": `redis-${role}`,
});
const metadata = (role: string, name: string) => ({ name, namespace: "redis", labels: labels(role) });
const security = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
const CONFIG = { name: "config", mountPath: "/etc/redis", readOnly: true };
const DATA = { name: "data", mountPath: "/data" };

test("defaults: every resource of a queue, inputs and options", async () => {
  const recording = await create({ ...target, queue: { password: "p" } });
  expect(recording.list()).toEqual([
    "redis-topology:index:KubernetesTopology redis",
    "pulumi:providers:kubernetes redis-cluster",
    "random:index/randomId:RandomId redis-deployment",
    "pulumi-nodejs:dynamic/redis-topology:ClusterGuard redis-guard",
    "kubernetes:core/v1:Namespace redis-namespace",
    "kubernetes:apps/v1:StatefulSet redis-queue",
    "kubernetes:core/v1:Secret redis-queue-auth",
    "kubernetes:core/v1:ConfigMap redis-queue-config",
    "kubernetes:core/v1:Secret redis-queue-connection",
    "kubernetes:core/v1:PersistentVolumeClaim redis-queue-data",
    "kubernetes:core/v1:Service redis-queue-headless",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy redis-queue-policy",
    "pulumi-nodejs:dynamic/redis-topology:Rehearsal redis-queue-rehearsal",
    "random:index/randomId:RandomId redis-queue-revision",
    "kubernetes:core/v1:Service redis-queue-service",
  ]);
  const inputs = (type: string, name: string) => {
    const { apiVersion: _, kind: __, ...rest } = recording.get(type, name).inputs;
    return rest;
  };
  const options = (type: string, name: string) => recording.get(type, name).options;
  const site = { parent: "redis", provider: "redis-cluster" };
  const later = { ...site, dependsOn: ["redis-namespace", "redis-queue-data", "redis-queue-rehearsal"] };

  expect(recording.get("pulumi:providers:kubernetes", "redis-cluster")).toEqual({
    type: "pulumi:providers:kubernetes",
    name: "redis-cluster",
    custom: true,
    inputs: {
      ...target,
      clusterIdentifier: "uid-of-kube-system",
      upsertExistingObjects: "true",
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    },
    // Once made it is never replaced, whatever the context is called.
    options: { parent: "redis", dependsOn: ["redis-guard"], ignoreChanges: ["clusterIdentifier"] },
  });
  expect(inputs("kubernetes:core/v1:Namespace", "redis-namespace")).toEqual({
    metadata: { name: "redis", labels: { "pod-security.kubernetes.io/enforce": "restricted", ...OWNER } },
  });
  expect(options("kubernetes:core/v1:Namespace", "redis-namespace")).toEqual({
    ...site,
    protect: true,
    retainOnDelete: true,
  });
  expect(inputs("kubernetes:core/v1:PersistentVolumeClaim", "redis-queue-data")).toEqual({
    metadata: metadata("queue", "data-redis-queue-0"),
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
  });
  expect(options("kubernetes:core/v1:PersistentVolumeClaim", "redis-queue-data")).toEqual({
    ...site,
    dependsOn: ["redis-guard", "redis-namespace", "redis-queue-rehearsal"],
    protect: true,
    retainOnDelete: true,
  });
  const guard = recording.get("pulumi-nodejs:dynamic/redis-topology:ClusterGuard", "redis-guard");
  expect(guard.options).toEqual({ parent: "redis", dependsOn: ["redis-deployment"] });
  expect(guard.inputs).toMatchObject({
    __provider: "exports.handler = () => require('redis-topology/kubernetes-provider').provider;",
    target: { ...target, paths: [target.kubeconfig] },
    owner: "redis-topology.test.redis",
    deployment: expect.stringMatching(/^[0-9a-f]{16}$/),
    volume: {
      namespace: "redis",
      claim: "data-redis-queue-0",
      wanted: "2Gi",
      size: "2Gi",
      storageClass: "",
      createsClass: false,
      replicas: 0,
    },
  });
  expect(inputs("kubernetes:core/v1:Service", "redis-queue-service")).toEqual({
    metadata: metadata("queue", "redis-queue"),
    spec: {
      type: "ClusterIP",
      selector: selector("queue"),
      ports: [{ name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" }],
    },
  });
  expect(inputs("kubernetes:core/v1:Service", "redis-queue-headless")).toEqual({
    metadata: metadata("queue", "redis-queue-headless"),
    spec: {
      type: "ClusterIP",
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: selector("queue"),
      ports: [
        { name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" },
        { name: "metrics", port: 9121, targetPort: "metrics", protocol: "TCP" },
      ],
    },
  });
  expect(inputs("kubernetes:core/v1:Secret", "redis-queue-auth")).toEqual({
    metadata: metadata("queue", "redis-queue-auth"),
    stringData: {
      secret: {
        "users.acl":
          "user default on sanitize-payload #148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940 ~* &* +@all\n",
        ping: "AUTH default p\nPING\n",
        "exporter.json": '{"redis://127.0.0.1:6379":"p"}',
      },
    },
  });
  expect(inputs("kubernetes:core/v1:Secret", "redis-queue-connection")).toEqual({
    metadata: metadata("queue", "redis-queue-connection"),
    stringData: {
      secret: {
        REDIS_QUEUE_HOST: "redis-queue.redis.svc.cluster.local",
        REDIS_QUEUE_PORT: "6379",
        REDIS_QUEUE_PASSWORD: "p",
        REDIS_QUEUE_URL: "redis://default:p@redis-queue.redis.svc.cluster.local:6379",
        REDIS_QUEUE_TLS: "false",
        REDIS_QUEUE_BULLMQ: JSON.stringify(bullmqDefaults()),
      },
    },
  });
  for (const name of ["auth", "connection"]) {
    expect(options("kubernetes:core/v1:Secret", `redis-queue-${name}`)).toEqual({
      ...later,
      additionalSecretOutputs: ["data", "stringData"],
    });
  }
  const config = inputs("kubernetes:core/v1:ConfigMap", "redis-queue-config") as {
    data: Record<string, string>;
  };
  expect(Object.keys(config.data)).toEqual(["alive.sh", "ready.sh", "redis.conf", "repair.sh"]);
  expect(config.data["redis.conf"]).toBe(
    "bind * -::*\nport 6379\naclfile /etc/redis-auth/users.acl\ndir /data\nmaxmemory 268435456\nmaxmemory-policy noeviction\nappendonly yes\nappendfsync everysec\nsave 900 1\nsave 300 10\nsave 60 10000\n",
  );
  expect(config.data["ready.sh"]).toMatch(/same maxmemory-policy noeviction\nsame appendonly yes\n$/);
  expect(options("kubernetes:core/v1:ConfigMap", "redis-queue-config")).toEqual(later);
  expect(inputs("kubernetes:networking.k8s.io/v1:NetworkPolicy", "redis-queue-policy")).toEqual({
    metadata: metadata("queue", "redis-queue"),
    spec: {
      podSelector: { matchLabels: selector("queue") },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ namespaceSelector: {}, podSelector: { matchLabels: { "redis-queue-client": "true" } } }],
          ports: [{ protocol: "TCP", port: 6379 }],
        },
        {
          from: [
            {
              namespaceSelector: {
                matchExpressions: [
                  { key: "kubernetes.io/metadata.name", operator: "In", values: ["monitoring"] },
                ],
              },
            },
          ],
          ports: [{ protocol: "TCP", port: 9121 }],
        },
      ],
      egress: [
        {
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    },
  });
  expect(options("kubernetes:apps/v1:StatefulSet", "redis-queue")).toEqual({
    ...site,
    dependsOn: [
      "redis-deployment",
      "redis-namespace",
      "redis-queue-auth",
      "redis-queue-config",
      "redis-queue-connection",
      "redis-queue-data",
      "redis-queue-rehearsal",
      "redis-queue-revision",
    ],
    ignoreChanges: ["spec.volumeClaimTemplates"],
    aliases: ["", ""],
  });
  const rehearsal = recording.get("pulumi-nodejs:dynamic/redis-topology:Rehearsal", "redis-queue-rehearsal");
  // Before the claim, which grows for good, and before everything that a pod is rolled for.
  expect(rehearsal.options).toEqual({ parent: "redis", dependsOn: ["redis-guard", "redis-namespace"] });
  const image = { image: "docker.io/library/redis:7.4-alpine", imagePullPolicy: "IfNotPresent" };
  const resources = { requests: { cpu: "100m", memory: "640Mi" }, limits: { memory: "640Mi" } };
  expect(inputs("kubernetes:apps/v1:StatefulSet", "redis-queue")).toEqual({
    metadata: {
      ...metadata("queue", "redis-queue"),
      labels: { ...labels("queue"), "redis-topology/deployment": expect.stringMatching(/^[0-9a-f]{16}$/) },
    },
    spec: {
      replicas: 1,
      serviceName: "redis-queue-headless",
      podManagementPolicy: "Parallel",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: selector("queue") },
      template: {
        metadata: {
          labels: podLabels("queue"),
          annotations: {
            "redis-topology/config": expect.stringMatching(/^[0-9a-f]{64}$/),
            "redis-topology/auth": expect.stringMatching(/^[0-9a-f]{16}$/),
          },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 43,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 999,
            runAsGroup: 1000,
            fsGroup: 1000,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          initContainers: [
            {
              name: "repair",
              ...image,
              resources,
              securityContext: security,
              command: ["sh", "/etc/redis/repair.sh"],
              volumeMounts: [CONFIG, DATA],
            },
          ],
          containers: [
            {
              name: "redis",
              ...image,
              resources,
              securityContext: security,
              command: ["redis-server", "/etc/redis/redis.conf"],
              ports: [{ name: "redis", containerPort: 6379, protocol: "TCP" }],
              startupProbe: {
                exec: { command: ["redis-cli", "-p", "6379", "PING"] },
                periodSeconds: 1,
                timeoutSeconds: 5,
                failureThreshold: 300,
              },
              readinessProbe: {
                exec: { command: ["sh", "/etc/redis/ready.sh"] },
                periodSeconds: 5,
                timeoutSeconds: 5,
                failureThreshold: 3,
              },
              livenessProbe: {
                exec: { command: ["sh", "/etc/redis/alive.sh"] },
                periodSeconds: 10,
                timeoutSeconds: 10,
                failureThreshold: 3,
              },
              volumeMounts: [CONFIG, DATA, { name: "auth", mountPath: "/etc/redis-auth", readOnly: true }],
            },
            {
              name: "exporter",
              image: "docker.io/oliver006/redis_exporter:v1.88.0",
              imagePullPolicy: "IfNotPresent",
              command: ["/redis_exporter"],
              args: [
                "--redis.addr=redis://127.0.0.1:6379",
                "--redis.password-file=/etc/redis-exporter/exporter.json",
                "--web.listen-address=:9121",
              ],
              ports: [{ name: "metrics", containerPort: 9121, protocol: "TCP" }],
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
              securityContext: security,
              volumeMounts: [{ name: "exporter", mountPath: "/etc/redis-exporter", readOnly: true }],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: "redis-queue-config" } },
            {
              name: "auth",
              secret: {
                secretName: "redis-queue-auth",
                defaultMode: 0o440,
                items: [
                  { key: "users.acl", path: "users.acl" },
                  { key: "ping", path: "ping" },
                ],
              },
            },
            {
              name: "exporter",
              secret: {
                secretName: "redis-queue-auth",
                defaultMode: 0o440,
                items: [{ key: "exporter.json", path: "exporter.json" }],
              },
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
        },
      ],
    },
  });
  const { details } = recording.result;
  expect(await resolved(details)).toEqual({
    namespace: "redis",
    queueSecret: "redis-queue-connection",
    queueClientLabels: "redis-queue-client=true",
  });
});

describe("overrides", () => {
  const args: KubernetesTopologyArgs = {
    ...target,
    namespace: "apps",
    createNamespace: false,
    clusterDomain: "corp.local",
    protect: false,
    cache: { maxMemory: "1gb", memoryLimit: "4.5Gi", password: "c", port: 6400, engine: "valkey" },
    queue: { maxMemory: "448Mi", memoryLimit: "1Gi", password: "q", version: "7.2" },
    cacheServer: {
      memoryRequest: "512Mi",
      cpuRequest: "0.25",
      cpuLimit: "2",
      podLabels: { team: "web" },
      podAnnotations: { note: "x" },
      serviceAnnotations: { dns: "y" },
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "redis", operator: "Exists" }],
      priorityClassName: "high",
      imagePullSecrets: ["pull"],
      imagePullPolicy: "Always",
    },
    queueServer: { name: "jobs", memoryRequest: "256Mi" },
    storage: {
      longhorn: { replicas: 2, fsType: "xfs" },
      recurringJobs: [{ name: "nightly", task: "backup", cron: "0 3 * * *", retain: 7 }],
      labels: { backup: "yes" },
    },
    network: {
      clientNamespaces: ["web"],
      openNamespaces: ["apps", "jobs"],
      clientCidrs: ["10.1.0.0/16"],
      clientLabels: { app: "shop" },
    },
    monitoring: {
      operator: true,
      dashboard: true,
      operatorLabels: { release: "prometheus" },
      queues: ["mails"],
      thresholds: { connections: 50 },
      runbookUrl: "https://wiki.example/redis",
    },
  };

  test("reach the resources they are about", async () => {
    const recording = await create(args);
    const spec = (type: string, name: string) => recording.get(type, name).inputs.spec as never as Any;
    expect(recording.list().filter((item) => item.includes("Namespace"))).toEqual([]);
    expect(recording.get("kubernetes:storage.k8s.io/v1:StorageClass", "redis-storage-class").inputs).toEqual({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "longhorn-replicated", labels: OWNER },
      provisioner: "driver.longhorn.io",
      allowVolumeExpansion: true,
      reclaimPolicy: "Retain",
      volumeBindingMode: "Immediate",
      parameters: {
        numberOfReplicas: "2",
        staleReplicaTimeout: "30",
        dataLocality: "best-effort",
        fsType: "xfs",
      },
    });
    expect(recording.get("kubernetes:longhorn.io/v1beta2:RecurringJob", "redis-job-nightly").inputs).toEqual({
      apiVersion: "longhorn.io/v1beta2",
      kind: "RecurringJob",
      metadata: { name: "nightly", namespace: "longhorn-system", labels: OWNER },
      spec: { name: "nightly", task: "backup", cron: "0 3 * * *", retain: 7, concurrency: 1, groups: [] },
    });
    const claim = recording.get("kubernetes:core/v1:PersistentVolumeClaim", "redis-queue-data");
    expect(claim.inputs.metadata).toEqual({
      name: "data-jobs-0",
      namespace: "apps",
      labels: {
        ...labels("queue"),
        "app.kubernetes.io/instance": "jobs",
        "recurring-job.longhorn.io/source": "enabled",
        "recurring-job.longhorn.io/nightly": "enabled",
        backup: "yes",
      },
    });
    expect(claim.options.protect).toBeUndefined();
    expect(claim.options.retainOnDelete).toBeUndefined();
    expect(spec("kubernetes:core/v1:PersistentVolumeClaim", "redis-queue-data").storageClassName).toBe(
      "longhorn-replicated",
    );
    const { metadata: pod, spec: podSpec } = spec("kubernetes:apps/v1:StatefulSet", "redis-cache").template;
    expect(pod.labels).toEqual({ ...podLabels("cache"), team: "web" });
    expect(pod.annotations).toMatchObject({ note: "x" });
    expect(podSpec).toMatchObject({
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "redis", operator: "Exists" }],
      priorityClassName: "high",
      imagePullSecrets: [{ name: "pull" }],
      terminationGracePeriodSeconds: 30,
    });
    expect(podSpec.initContainers).toBeUndefined();
    expect(podSpec.containers[0]).toMatchObject({
      image: "docker.io/valkey/valkey:8-alpine",
      imagePullPolicy: "Always",
      command: ["valkey-server", "/etc/redis/redis.conf"],
      livenessProbe: { tcpSocket: { port: "redis" } },
      resources: {
        requests: { cpu: "250m", memory: "512Mi" },
        limits: { cpu: "2", memory: "4608Mi" },
      },
    });
    const queue = spec("kubernetes:apps/v1:StatefulSet", "redis-queue").template.spec;
    expect(queue.containers[0].image).toBe("docker.io/library/redis:7.2-alpine");
    expect(queue.containers[0].resources).toEqual({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "1Gi" },
    });
    expect(queue.containers[1].args.at(-1)).toBe(
      "--check-single-keys=db0=bull:mails:wait,db0=bull:mails:prioritized,db0=bull:mails:active,db0=bull:mails:delayed,db0=bull:mails:completed,db0=bull:mails:failed",
    );
    expect(spec("kubernetes:networking.k8s.io/v1:NetworkPolicy", "redis-cache-policy").ingress[0]).toEqual({
      from: [
        {
          namespaceSelector: {
            matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["web"] }],
          },
          podSelector: { matchLabels: { app: "shop" } },
        },
        {
          namespaceSelector: {
            matchExpressions: [
              { key: "kubernetes.io/metadata.name", operator: "In", values: ["apps", "jobs"] },
            ],
          },
        },
        { ipBlock: { cidr: "10.1.0.0/16" } },
      ],
      ports: [{ protocol: "TCP", port: 6400 }],
    });
    expect(await resolved(recording.result.cache?.url ?? "")).toBe(
      "redis://default:c@redis-cache.apps.svc.corp.local:6400",
    );
    const monitor = recording.get(
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
      "redis-queue-monitor",
    );
    expect(monitor.inputs).toEqual({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: {
        name: "jobs",
        namespace: "apps",
        labels: { ...labels("queue"), "app.kubernetes.io/instance": "jobs", release: "prometheus" },
      },
      spec: {
        selector: {
          matchLabels: { "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": "jobs" },
        },
        namespaceSelector: { matchNames: ["apps"] },
        endpoints: [{ port: "metrics", interval: "30s" }],
      },
    });
    const { groups } = spec("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "redis-queue-alerts");
    expect(groups[0].rules.find(({ alert }: Any) => alert === "RedisConnectionsHigh")).toEqual({
      alert: "RedisConnectionsHigh",
      expr: 'redis_connected_clients{namespace="apps",service="jobs-headless"} > 50',
      for: "300s",
      labels: { severity: "warning", role: "queue", redis: "jobs" },
      annotations: {
        summary: "apps/jobs: Redis has unusually many clients",
        description: "Often an application that opens a connection per request or job. Look at CLIENT LIST.",
        runbook_url: "https://wiki.example/redis#too-many-connections",
      },
    });
    expect(recording.result.guarantees.queue?.hostLoss.kept).toBe(true);
    expect(recording.result.guarantees.queue?.destroy.kept).toBe(false);
  });

  test("are rehearsed as they are: the same image, nodes and configuration, without the Service's labels", async () => {
    const config = { "proc-title-template": "{title}-$(HOME)" };
    const recording = await create({ ...args, queue: { ...args.queue, config } });
    const rehearsal = (role: string) =>
      (
        recording.get("pulumi-nodejs:dynamic/redis-topology:Rehearsal", `redis-${role}-rehearsal`)
          .inputs as Any
      ).pod;
    const { metadata: own, spec } = rehearsal("cache");
    expect(own).toEqual({
      name: "redis-cache-rehearsal",
      namespace: "apps",
      labels: { "app.kubernetes.io/part-of": "redis-topology", ...OWNER },
    });
    expect(spec).toMatchObject({
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "redis", operator: "Exists" }],
      imagePullSecrets: [{ name: "pull" }],
      restartPolicy: "Never",
    });
    expect(spec.containers.map(({ image }: Any) => image)).toEqual([
      "docker.io/valkey/valkey:8-alpine",
      "docker.io/oliver006/redis_exporter:v1.88.0",
    ]);
    const [{ env }] = rehearsal("queue").spec.containers;
    expect(env[0].value).toContain('proc-title-template "{title}-$$(HOME)"\n');
  });

  test("what the guard looks for is exactly what is created", async () => {
    const recording = await create({ ...args, createNamespace: true });
    const created = recording.resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ inputs }) => {
        const { kind, metadata } = inputs as Any;
        return [kind, metadata.namespace, metadata.name, metadata.labels["redis-topology/owner"]].join(" ");
      });
    const guard = recording.get("pulumi-nodejs:dynamic/redis-topology:ClusterGuard", "redis-guard");
    const looked = (guard.inputs.objects as Any[]).map(({ kind, namespace, name }) =>
      [kind, namespace, name, OWNER["redis-topology/owner"]].join(" "),
    );
    expect(looked.sort()).toEqual(created.sort());
  });

  test("a changed password or setting changes the pod's annotations, and only those", async () => {
    const annotations = async (more: object) => {
      const recording = await create({ ...target, queue: { password: "p", ...more } });
      const { inputs } = recording.get("kubernetes:apps/v1:StatefulSet", "redis-queue");
      return (inputs.spec as Any).template.metadata.annotations;
    };
    const before = await annotations({});
    expect(await annotations({})).toEqual(before);
    const rotated = await annotations({ password: "other" });
    expect(rotated["redis-topology/config"]).toBe(before["redis-topology/config"]);
    expect(rotated["redis-topology/auth"]).not.toBe(before["redis-topology/auth"]);
    const tuned = await annotations({ config: { timeout: "60" } });
    expect(tuned["redis-topology/config"]).not.toBe(before["redis-topology/config"]);
    expect(tuned["redis-topology/auth"]).toBe(before["redis-topology/auth"]);
  });
});

test("the applications' Secret has the stack's BullMQ options and its prefix", async () => {
  const bullmq = { prefix: "{jobs}", attempts: 9, lockDuration: 90_000 };
  const recording = await create({ ...target, queue: { password: "p", bullmq } });
  const { stringData } = recording.get("kubernetes:core/v1:Secret", "redis-queue-connection").inputs as {
    stringData: { secret: Record<string, string> };
  };
  expect(stringData.secret).toEqual(await resolved(recording.result.env));
  expect(queueOptions(stringData.secret)).toMatchObject({
    prefix: "{jobs}",
    defaultJobOptions: { attempts: 9 },
  });
  expect(workerOptions(stringData.secret)).toMatchObject({ prefix: "{jobs}", lockDuration: 90_000 });
});

test("rendered: no Secret among the manifests, all of them in one secret output", async () => {
  const recording = await create({ renderTo: "manifests", queue: { password: "hush" }, cache: {} });
  expect(recording.get("pulumi:providers:kubernetes", "redis-cluster").inputs.renderYamlToDirectory).toBe(
    "manifests",
  );
  expect(recording.list().filter((item) => item.includes(":Secret "))).toEqual([]);
  const rendered = recording.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(JSON.stringify(rendered)).not.toContain("hush");
  const { details } = recording.result;
  expect(await pulumi.isSecret(pulumi.output(details))).toBe(true);
  const left = JSON.parse((await resolved(details))?.secretManifests ?? "");
  expect(left.items.map(({ metadata: { name } }: Any) => name)).toEqual([
    "redis-cache-auth",
    "redis-cache-connection",
    "redis-queue-auth",
    "redis-queue-connection",
  ]);
  expect(left.items[3].stringData.REDIS_QUEUE_PASSWORD).toBe("hush");
});

test.each([
  [1, undefined],
  [2, { "redis-topology/rendered": "2" }],
])("rendered: written %d times, every manifest is annotated with %j", async (generation, annotations) => {
  const recording = await create(
    {
      renderTo: "manifests",
      queue: {},
      cache: {},
      storage: { longhorn: {} },
      monitoring: { operator: true },
    },
    { state: (args) => (args.name === "redis-rendered" ? { generation } : kubernetesState(args)) },
  );
  const manifests = recording.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  for (const { inputs } of manifests) expect((inputs.metadata as Any).annotations).toEqual(annotations);
  const { inputs } = recording.get("pulumi-nodejs:dynamic/redis-topology:Rendered", "redis-rendered");
  expect(inputs.folder).toBe(resolve("manifests"));
  expect([...(inputs.objects as string[])].sort()).toEqual(
    manifests
      .map(({ inputs: { kind, metadata } }: Any) =>
        [kind, [metadata.namespace, metadata.name].filter(Boolean).join("/")].join(" "),
      )
      .sort(),
  );
});

describe("rendered for ArgoCD", () => {
  const argocd = { repo: "https://git.example/ops.git", path: "manifests/redis/" };
  const args = { renderTo: "manifests", queue: {}, storage: { annotations: { note: "ours" } }, argocd };
  const APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application";
  const SYNC = { "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" };

  test("the Application, in a folder of its own, which it leaves out", async () => {
    const recording = await create(args);
    const { inputs, options } = recording.get(APPLICATION, "redis-argocd");
    expect(inputs).toEqual({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "redis", namespace: "argocd", labels: OWNER },
      spec: {
        project: "default",
        source: {
          repoURL: "https://git.example/ops.git",
          path: "manifests/redis",
          targetRevision: "HEAD",
          directory: { recurse: true, exclude: "argocd/*" },
        },
        destination: { server: "https://kubernetes.default.svc", namespace: "redis" },
        syncPolicy: { automated: { prune: false, selfHeal: true } },
      },
    });
    const folder = recording.get("pulumi:providers:kubernetes", "redis-argocd-folder");
    expect(folder.inputs.renderYamlToDirectory).toBe(join("manifests", "argocd"));
    expect(options.provider).toBe("redis-argocd-folder");
    const { objects } = recording.get(
      "pulumi-nodejs:dynamic/redis-topology:Rendered",
      "redis-rendered",
    ).inputs;
    expect(objects).toContain("Application argocd/redis");
  });

  test("what the stack says of it", async () => {
    const more = {
      revision: "prod",
      name: "queue",
      namespace: "gitops",
      project: "data",
      server: "https://10.0.0.1",
      automated: false,
    };
    const { get } = await create({ ...args, argocd: { ...argocd, ...more } });
    const { metadata, spec } = get(APPLICATION, "redis-argocd").inputs as Any;
    expect(metadata).toMatchObject({ name: "queue", namespace: "gitops" });
    expect(spec).toMatchObject({
      project: "data",
      source: { targetRevision: "prod" },
      destination: { server: "https://10.0.0.1" },
    });
    expect(spec).not.toHaveProperty("syncPolicy");
  });

  test.each([
    [true, { note: "ours", ...SYNC }, SYNC],
    [false, { note: "ours" }, undefined],
  ])(
    "with protect: %j, ArgoCD may not take away what holds the data",
    async (protect, ofClaim, ofNamespace) => {
      const { get } = await create({ ...args, protect });
      const annotations = (type: string, name: string) =>
        (get(`kubernetes:core/v1:${type}`, name).inputs.metadata as Any).annotations;
      expect(annotations("PersistentVolumeClaim", "redis-queue-data")).toEqual(ofClaim);
      expect(annotations("Namespace", "redis-namespace")).toEqual(ofNamespace);
    },
  );
});

test("a provider given to the component is used, and needs no context", async () => {
  const recording = await record(
    () => {
      const provider = new k8s.Provider("mine", { context: "elsewhere" });
      return new KubernetesTopology("redis", { cache: {} }, { provider });
    },
    { state: kubernetesState },
  );
  expect(recording.list().filter((item) => item.startsWith("pulumi:providers"))).toEqual([
    "pulumi:providers:kubernetes mine",
  ]);
  const { options } = recording.get("kubernetes:apps/v1:StatefulSet", "redis-cache");
  expect(options.provider).toBe("mine");
});

test("no context at all is refused before any child", async () => {
  const { kubeconfig } = target;
  const recording = await record(() => {
    try {
      new KubernetesTopology("redis", { kubeconfig, cache: {} });
      return "created";
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(recording.result).toBe(
    'The topology "redis" cannot be created: 1 problem\n  - context: missing. Allowed: one of `context`, `useCurrentContext: true` and `renderTo`. Name the cluster\'s context (`kubectl config get-contexts` lists them), so that nothing goes to whichever cluster happens to be current.',
  );
  expect(recording.resources.filter(({ custom }) => custom)).toEqual([]);
});

test("the component reads no kubeconfig: its guard does, before anything is touched", async () => {
  const kubeconfig = "/nowhere/config";
  const recording = await create({ context: "stage", kubeconfig, cache: {} });
  const guard = recording.get("pulumi-nodejs:dynamic/redis-topology:ClusterGuard", "redis-guard");
  expect(guard.inputs.target).toEqual({ context: "stage", kubeconfig, paths: [kubeconfig] });
  const { inputs, options } = recording.get("pulumi:providers:kubernetes", "redis-cluster");
  expect(inputs).toMatchObject({ context: "stage", kubeconfig });
  expect(options.dependsOn).toEqual(["redis-guard"]);
});

test("the current context is taken when the stack says so, and then by its name", async () => {
  const { kubeconfig } = target;
  const recording = await create({ kubeconfig, useCurrentContext: true, cache: {} });
  expect(recording.get("pulumi:providers:kubernetes", "redis-cluster").inputs).toEqual({
    kubeconfig,
    context: "other",
    clusterIdentifier: "uid-of-kube-system",
    upsertExistingObjects: "true",
    enableConfigMapMutable: "true",
    enableSecretMutable: "true",
  });
});

// biome-ignore lint/suspicious/noExplicitAny: looks into recorded inputs
type Any = any;

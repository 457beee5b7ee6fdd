import { resolve } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import { missing } from "../require";
import { eventually, forward, get, kubectl } from "./cluster";
import type { Deployment } from "./deployment";
import { apply, deploy, replacePod } from "./deployment";
import { identity } from "./manifests";

const NAMESPACE = "redis-live";
const QUEUE = "redis-queue-0";
const CACHE = "redis-cache-0";
/** Has what the upstream image has; see image.sh. Any cluster that can pull takes `redis:7.4-alpine`. */
const IMAGE = process.env.REDIS_TOPOLOGY_LIVE_IMAGE ?? "docker.io/library/redis:7.0.15-live";

const args: KubernetesTopologyArgs = {
  namespace: NAMESPACE,
  cache: { maxMemory: "32Mi", password: "cache-password" },
  queue: { maxMemory: "32Mi", password: `queue "pass" word #1`, persistence: { size: "1Gi" } },
  cacheServer: { image: IMAGE },
  queueServer: { image: IMAGE },
  storage: {
    longhorn: { name: "longhorn-live", replicas: 1 },
    recurringJobs: [{ name: "live-hourly", task: "snapshot", cron: "0 * * * *", retain: 24 }],
  },
  monitoring: { operator: true, dashboard: true, queues: ["emails"] },
  protect: false,
};

describe.skipIf(missing("kubernetes"))("a topology in a real cluster", () => {
  let deployed: Deployment;

  beforeAll(async () => {
    kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
    kubectl(["apply", "--server-side", "-f", resolve(__dirname, "crds.yaml")]);
    kubectl(["wait", "--for=condition=Established", "crd/recurringjobs.longhorn.io", "--timeout=30s"]);
    kubectl(
      ["apply", "--server-side", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "longhorn-system" } }),
    );
    deployed = await deploy(args);
  });

  afterAll(() => {
    for (const kind of ["statefulset", "pvc"]) kubectl(["-n", NAMESPACE, "delete", kind, "--all"]);
    kubectl(["delete", "namespace", NAMESPACE]);
    kubectl(["delete", "storageclass", "longhorn-live"]);
  });

  test("everything declared is in the cluster, under the restricted standard", () => {
    for (const { kind, metadata } of deployed.objects) {
      const namespace = metadata.namespace ?? "default";
      expect(get(namespace, kind, metadata.name).metadata.name).toBe(metadata.name);
    }
    const { labels } = get("default", "namespace", NAMESPACE).metadata;
    expect(labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
    expect(get(NAMESPACE, "pvc", `data-redis-queue-0`).status.phase).toBe("Bound");
  });

  test("applying it again changes nothing", async () => {
    const versions = () =>
      deployed.objects.map((object) => [
        identity(object),
        get(object.metadata.namespace ?? "default", object.kind, object.metadata.name).metadata.generation,
      ]);
    const pods = [uid(QUEUE), uid(CACHE)];
    const before = versions();
    deployed = await deploy(args, deployed);
    expect(versions()).toEqual(before);
    expect([uid(QUEUE), uid(CACHE)]).toEqual(pods);
  });

  test("what is declared is what the API server stores, quantities and all", () => {
    for (const object of deployed.objects.filter(({ kind }) => kind !== "Secret")) {
      const stored = get(object.metadata.namespace ?? "default", object.kind, object.metadata.name);
      for (const part of ["spec", "data", "parameters"]) {
        if (object[part]) expect(stored[part], identity(object)).toMatchObject(object[part]);
      }
    }
  });

  test("an application gets its connection from the Secret; a wrong password is refused", async () => {
    const { data } = get(NAMESPACE, "secret", "redis-queue-connection");
    const variables = Object.fromEntries(
      Object.entries(data as Record<string, string>).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString(),
      ]),
    );
    expect(variables).toEqual({
      REDIS_QUEUE_HOST: `redis-queue.${NAMESPACE}.svc.cluster.local`,
      REDIS_QUEUE_PORT: "6379",
      REDIS_QUEUE_PASSWORD: `queue "pass" word #1`,
      REDIS_QUEUE_URL: `redis://default:queue%20%22pass%22%20word%20%231@redis-queue.${NAMESPACE}.svc.cluster.local:6379`,
      REDIS_QUEUE_TLS: "false",
    });
    await withRedis("redis-queue", variables.REDIS_QUEUE_PASSWORD ?? "", async (redis) => {
      expect(await redis.ping()).toBe("PONG");
      expect(await redis.config("GET", "appendonly", "maxmemory-policy")).toEqual(
        expect.arrayContaining(["yes", "noeviction"]),
      );
    });
    await expect(withRedis("redis-queue", "wrong", (redis) => redis.ping())).rejects.toThrow("WRONGPASS");
    await expect(
      withRedis("redis-cache", variables.REDIS_QUEUE_PASSWORD ?? "", (redis) => redis.ping()),
    ).rejects.toThrow("WRONGPASS");
  });

  test("a pod that is deleted saves first; its successor has the data", async () => {
    await withRedis("redis-queue", password("queue"), (redis) => redis.set("kept", "yes"));
    await replacePod(NAMESPACE, QUEUE);
    expect(await withRedis("redis-queue", password("queue"), (redis) => redis.get("kept"))).toBe("yes");
    expect(repairMessage()).toBe("The data can be loaded.\n");
  });

  test("a torn append-only file is repaired, the torn end kept aside, and the repair reported", async () => {
    await withRedis("redis-queue", password("queue"), (redis) => redis.set("before", "the tear"));
    await eventually(
      "the write is on disk",
      () => sh("grep -c 'the tear' /data/appendonlydir/*.incr.aof || true").trim() !== "0",
    );
    // Zeroes and rubbish, as a crash can leave them; Redis by itself would never start again.
    sh(`file=$(ls /data/appendonlydir/*.incr.aof) && printf '\\0\\0\\0\\0rubbish' >> "$file"`);
    await replacePod(NAMESPACE, QUEUE, "--grace-period=0", "--force");
    expect(await withRedis("redis-queue", password("queue"), (redis) => redis.get("before"))).toBe(
      "the tear",
    );
    expect(repairMessage()).toMatch(
      /^repaired appendonlydir\/appendonly\.aof\.\d+\.incr\.aof: cut off the damaged last \d+ bytes, copied to damaged-\S+\n/,
    );
    expect(sh("cat /data/repairs.log")).toContain("repaired appendonlydir/");
    expect(sh("ls /data")).toContain("damaged-");
  });

  test("a snapshot without an append-only file is loaded, not overwritten", async () => {
    await withRedis("redis-queue", password("queue"), async (redis) => {
      await redis.set("restored", "from the snapshot");
      await redis.save();
    });
    sh("mkdir /data/elsewhere && cp -r /data/appendonlydir /data/elsewhere/ && rm -r /data/appendonlydir");
    await replacePod(NAMESPACE, QUEUE, "--grace-period=0", "--force");
    expect(await withRedis("redis-queue", password("queue"), (redis) => redis.get("restored"))).toBe(
      "from the snapshot",
    );
    expect(repairMessage()).toContain("loaded dump.rdb, since there was no append-only file\n");
  });

  test("the exporter logs in, counts jobs, and measures what alerts and dashboards show", async () => {
    await withRedis("redis-queue", password("queue"), (redis) => redis.lpush("bull:emails:wait", "1", "2"));
    const metrics = await scrape(QUEUE);
    expect(metrics).toMatch(/^redis_up 1$/m);
    expect(metrics).toMatch(/^redis_key_size\{db="db0",key="bull:emails:wait"\} 2$/m);
    const named = new Set(metrics.match(/^redis_[a-z0-9_]+/gm));
    const shown = deployed.objects
      .filter(({ kind, metadata }) => kind === "PrometheusRule" || metadata.name.endsWith("-dashboard"))
      .flatMap((object) => JSON.stringify(object.spec ?? object.data).match(/\bredis_[a-z0-9_]+/g) ?? []);
    expect(named).toContain("redis_errors_total");
    expect([...new Set(shown)].filter((metric) => !named.has(metric))).toEqual([]);
    expect(await scrape(CACHE)).toMatch(/^redis_up 1$/m);
  });

  test("only a pod with the client label is selected by the policy", () => {
    const { ingress, podSelector } = get(NAMESPACE, "networkpolicy", "redis-queue").spec;
    const selected = (labels: Record<string, string>) =>
      kubectl(["-n", NAMESPACE, "get", "pods", "-o", "name", "-l", selector(labels)]).trim();
    expect(selected(podSelector.matchLabels)).toBe(`pod/${QUEUE}`);
    expect(ingress[0].from[0].podSelector.matchLabels).toEqual({ "redis-queue-client": "true" });
    expect(selected(ingress[0].from[0].podSelector.matchLabels)).toBe("");
    apply(client("with-label", { "redis-queue-client": "true" }));
    apply(client("without-label", { "redis-cache-client": "true" }));
    expect(selected(ingress[0].from[0].podSelector.matchLabels)).toBe("pod/with-label");
    kubectl(["-n", NAMESPACE, "delete", "pod", "with-label", "without-label", "--grace-period=0", "--force"]);
  });

  test("the volume grows in place, and the pod stays", async () => {
    const pod = uid(QUEUE);
    deployed = await deploy({ ...args, queue: { ...args.queue, persistence: { size: "2Gi" } } }, deployed);
    await eventually(
      "the claim has grown",
      () => get(NAMESPACE, "pvc", `data-${QUEUE}`).status.capacity.storage === "2Gi",
    );
    expect(uid(QUEUE)).toBe(pod);
  });

  function uid(pod: string): string {
    return get(NAMESPACE, "pod", pod).metadata.uid;
  }

  /** What the repair before the last start reported. */
  function repairMessage(): string {
    return get(NAMESPACE, "pod", QUEUE).status.initContainerStatuses[0].state.terminated.message;
  }

  /** Runs a shell line beside the queue. */
  function sh(line: string): string {
    return kubectl(["-n", NAMESPACE, "exec", QUEUE, "-c", "redis", "--", "sh", "-c", line]);
  }
});

function password(role: "cache" | "queue"): string {
  return args[role]?.password as string;
}

function selector(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function client(name: string, labels: Record<string, string>) {
  const security = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    runAsUser: 999,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const container = { name: "app", image: IMAGE, command: ["sleep", "600"], securityContext: security };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { containers: [container] },
  };
}

/** A connection through a port-forward, for as long as `use` takes. No retries: what fails, fails. */
async function withRedis<T>(service: string, pass: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const way = await forward(NAMESPACE, `service/${service}`, 6379);
  const redis = new Redis({
    port: way.port,
    password: pass,
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    enableReadyCheck: false,
  });
  redis.on("error", () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
    await way.close();
  }
}

async function scrape(pod: string): Promise<string> {
  const way = await forward(NAMESPACE, `pod/${pod}`, 9121);
  try {
    return await (await fetch(`http://127.0.0.1:${way.port}/metrics`)).text();
  } finally {
    await way.close();
  }
}

import { jobKeys } from "../../redis/exporter";
import { Role } from "../../redis/roles";
import type { KubernetesTopologyArgs, ServerArgs } from "./args";
import { CONTAINER_SECURITY, exporterContainer } from "./exporter";
import { AUTH_DIR, CONFIG_DIR, DATA_DIR } from "./files";
import { DATA_VOLUME, serverArgs } from "./names";
import type { ServerPlan } from "./plan";

/** User and group of the upstream images (docker-library/redis, Alpine). The volume belongs to the group. */
const USER = 999;
const GROUP = 1000;
/** Owner and group may read. */
const SECRET_MODE = 0o440;

export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: GROUP,
  fsGroup: GROUP,
  // A large volume is not walked through at every start.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** Where a pod may run, and how its images are had. */
export function placement(server: ServerArgs) {
  return {
    ...(server.nodeSelector && { nodeSelector: server.nodeSelector }),
    ...(server.tolerations && { tolerations: server.tolerations }),
    ...(server.affinity && { affinity: server.affinity }),
    ...(server.topologySpreadConstraints && { topologySpreadConstraints: server.topologySpreadConstraints }),
    ...(server.priorityClassName !== undefined && { priorityClassName: server.priorityClassName }),
    ...(server.imagePullSecrets && {
      imagePullSecrets: server.imagePullSecrets.map((name) => ({ name })),
    }),
  };
}

/** The pod of one role, without its metadata. Passes the `restricted` Pod Security Standard. */
export function podSpec(args: KubernetesTopologyArgs, plan: ServerPlan) {
  const server = serverArgs(args, plan.role);
  const monitored = args.monitoring?.exporter ?? true;
  const keys =
    plan.role === Role.Queue ? jobKeys(args.monitoring?.queues ?? [], args.queue?.bullmq?.prefix) : "";
  return {
    automountServiceAccountToken: false,
    // Docker-style variables such as REDIS_CACHE_PORT=tcp://… of every Service in the namespace.
    enableServiceLinks: false,
    securityContext: podSecurity,
    terminationGracePeriodSeconds: plan.graceSeconds,
    ...(plan.persists && { initContainers: [repairContainer(plan)] }),
    containers: [
      redisContainer(plan),
      ...(monitored ? [exporterContainer(plan.port, keys, args.monitoring ?? {})] : []),
    ],
    volumes: [
      { name: "config", configMap: { name: plan.names.config } },
      secretVolume("auth", plan.names.auth, ["users.acl", "ping"]),
      ...(monitored ? [secretVolume("exporter", plan.names.auth, ["exporter.json"])] : []),
    ],
    ...placement(server),
  };
}

/**
 * There is no preStop hook: Redis saves by itself on SIGTERM, refusing writes from then on, and has
 * `terminationGracePeriodSeconds` for it.
 */
function redisContainer(plan: ServerPlan) {
  return {
    ...container(plan, "redis"),
    command: [`${plan.engine}-server`, `${CONFIG_DIR}/redis.conf`],
    ports: [{ name: "redis", containerPort: plan.port, protocol: "TCP" }],
    startupProbe: {
      // Any answer will do, also NOAUTH and LOADING: an AOF of any size has the time it needs.
      exec: { command: [`${plan.engine}-cli`, "-p", String(plan.port), "PING"] },
      periodSeconds: 1,
      timeoutSeconds: 5,
      failureThreshold: 300,
    },
    readinessProbe: {
      exec: { command: ["sh", `${CONFIG_DIR}/ready.sh`] },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    livenessProbe: {
      // The kernel accepts for a busy server too; only a process that is gone does not listen.
      ...(plan.persists
        ? { exec: { command: ["sh", `${CONFIG_DIR}/alive.sh`] } }
        : { tcpSocket: { port: "redis" } }),
      periodSeconds: 10,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    volumeMounts: [...mounts(plan), { name: "auth", mountPath: AUTH_DIR, readOnly: true }],
  };
}

function repairContainer(plan: ServerPlan) {
  return {
    ...container(plan, "repair"),
    command: ["sh", `${CONFIG_DIR}/repair.sh`],
    volumeMounts: mounts(plan),
  };
}

function container(plan: ServerPlan, name: string) {
  return {
    name,
    image: plan.image,
    imagePullPolicy: plan.imagePullPolicy,
    resources: { requests: plan.requests, limits: plan.limits },
    securityContext: CONTAINER_SECURITY,
  };
}

function mounts(plan: ServerPlan) {
  return [
    { name: "config", mountPath: CONFIG_DIR, readOnly: true },
    ...(plan.persists ? [{ name: DATA_VOLUME, mountPath: DATA_DIR }] : []),
  ];
}

function secretVolume(name: string, secretName: string, keys: readonly string[]) {
  return {
    name,
    secret: { secretName, defaultMode: SECRET_MODE, items: keys.map((key) => ({ key, path: key })) },
  };
}

import type { MonitoringArgs } from "./args";

/** Port of redis_exporter, as its documentation and every dashboard have it. */
export const EXPORTER_PORT = 9121;
/** The newest release that the live tests run. */
const EXPORTER_IMAGE = "docker.io/oliver006/redis_exporter:v1.88.0";
/** Where the exporter finds its password. */
const EXPORTER_DIR = "/etc/redis-exporter";

/** Lists and sorted sets in which BullMQ keeps a queue's jobs, by state (bullmq, `queue-keys.ts`). */
const JOB_STATES = ["wait", "prioritized", "active", "delayed", "completed", "failed"] as const;

export function exporterImage(args: MonitoringArgs): string {
  return args.exporterImage ?? EXPORTER_IMAGE;
}

/** The exporter's name for the server beside it; the key of its password file. */
export function exporterAddress(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

/** The BullMQ keys of these queues, in the exporter's notation. Named keys only: a pattern would scan the keyspace. */
export function jobKeys(queues: readonly string[], prefix = "bull"): string {
  return queues.flatMap((queue) => JOB_STATES.map((state) => `db0=${prefix}:${queue}:${state}`)).join(",");
}

/**
 * The exporter beside the server. It has no readiness probe: a pod is ready when all of its containers are, and
 * Redis must stay reachable when only its exporter is not.
 */
export function exporterContainer(port: number, keys: string, args: MonitoringArgs) {
  return {
    name: "exporter",
    image: exporterImage(args),
    imagePullPolicy: "IfNotPresent",
    command: ["/redis_exporter"],
    args: [
      `--redis.addr=${exporterAddress(port)}`,
      `--redis.password-file=${EXPORTER_DIR}/exporter.json`,
      `--web.listen-address=:${EXPORTER_PORT}`,
      ...(keys === "" ? [] : [`--check-single-keys=${keys}`]),
    ],
    ports: [{ name: "metrics", containerPort: EXPORTER_PORT, protocol: "TCP" }],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "exporter", mountPath: EXPORTER_DIR, readOnly: true }],
  };
}

/** What the `restricted` Pod Security Standard asks of a container, and a read-only root file system. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

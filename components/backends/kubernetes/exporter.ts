import { EXPORTER_IMAGE, EXPORTER_PORT, exporterArguments } from "../../redis/exporter";
import type { MonitoringArgs } from "./args";

/** Where the exporter finds its password. */
const EXPORTER_DIR = "/etc/redis-exporter";

export function exporterImage(args: MonitoringArgs): string {
  return args.exporterImage ?? EXPORTER_IMAGE;
}

/** The exporter's name for the server beside it; the key of its password file. */
export function exporterAddress(port: number): string {
  return `redis://127.0.0.1:${port}`;
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
    args: exporterArguments({
      server: exporterAddress(port),
      passwordFile: `${EXPORTER_DIR}/exporter.json`,
      listen: `:${EXPORTER_PORT}`,
      keys,
    }),
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

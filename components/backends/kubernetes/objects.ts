import type { Role } from "../../redis/roles";
import { ROLES } from "../../redis/roles";
import type { KubernetesTopologyArgs } from "./args";
import { namespaceOf, roleNames } from "./names";
import { LONGHORN_API, LONGHORN_NAMESPACE, longhornName } from "./storage";

/** One object that the stack declares, and where the API has it. */
export interface DeclaredObject {
  readonly kind: string;
  readonly name: string;
  /** Absent for what belongs to no namespace. */
  readonly namespace?: string;
  readonly path: string;
  /** The setting that chooses its name. */
  readonly key: string;
}

/** Path of a list, with `/name` the path of an object: `/api/v1/…` or `/apis/<group>/<version>/…`. */
function pathOf(api: string, plural: string, name: string, namespace?: string): string {
  const root = api.includes("/") ? `/apis/${api}` : `/api/${api}`;
  return [root, ...(namespace === undefined ? [] : ["namespaces", namespace]), plural, name].join("/");
}

/** Everything that the stack declares in a cluster; a test holds it against what the component creates. */
export function declaredObjects(args: KubernetesTopologyArgs): DeclaredObject[] {
  const namespace = namespaceOf(args);
  const { longhorn, recurringJobs = [] } = args.storage ?? {};
  const ofQueue: DeclaredObject[] = [
    ...(longhorn ? [classObject(longhornName(longhorn))] : []),
    ...recurringJobs.map(({ name }) => ({
      kind: "RecurringJob",
      name,
      namespace: LONGHORN_NAMESPACE,
      path: pathOf(LONGHORN_API, "recurringjobs", name, LONGHORN_NAMESPACE),
      key: "storage.recurringJobs.name",
    })),
  ];
  return [
    ...(args.createNamespace === false
      ? []
      : [
          {
            kind: "Namespace",
            name: namespace,
            path: pathOf("v1", "namespaces", namespace),
            key: "namespace",
          },
        ]),
    ...(args.queue ? ofQueue : []),
    ...ROLES.filter((role) => args[role]).flatMap((role) => roleObjects(args, role, namespace)),
  ];
}

function classObject(name: string): DeclaredObject {
  const path = pathOf("storage.k8s.io/v1", "storageclasses", name);
  return { kind: "StorageClass", name, path, key: "storage.longhorn.name" };
}

function roleObjects(args: KubernetesTopologyArgs, role: Role, namespace: string): DeclaredObject[] {
  const names = roleNames(args, role);
  const { exporter, operator, dashboard } = args.monitoring ?? {};
  const monitored = exporter !== false;
  const object = (kind: string, api: string, plural: string, name: string): DeclaredObject => ({
    kind,
    name,
    namespace,
    path: pathOf(api, plural, name, namespace),
    key: `${role}Server.name`,
  });
  return [
    ...(role === "queue"
      ? [object("PersistentVolumeClaim", "v1", "persistentvolumeclaims", names.claim)]
      : []),
    object("ConfigMap", "v1", "configmaps", names.config),
    object("Secret", "v1", "secrets", names.auth),
    object("Secret", "v1", "secrets", names.connection),
    object("Service", "v1", "services", names.server),
    object("Service", "v1", "services", names.headless),
    object("StatefulSet", "apps/v1", "statefulsets", names.server),
    ...(args.network?.policies === false
      ? []
      : [object("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", names.server)]),
    ...(monitored && operator
      ? [
          object("ServiceMonitor", "monitoring.coreos.com/v1", "servicemonitors", names.server),
          object("PrometheusRule", "monitoring.coreos.com/v1", "prometheusrules", names.server),
        ]
      : []),
    ...(monitored && dashboard ? [object("ConfigMap", "v1", "configmaps", names.dashboard)] : []),
  ];
}

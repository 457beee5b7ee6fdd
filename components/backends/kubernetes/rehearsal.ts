import type * as pulumi from "@pulumi/pulumi";
import { renderConfig } from "../../redis/config";
import type { Role } from "../../redis/roles";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { KubernetesTopologyArgs } from "./args";
import type { Access } from "./cluster";
import { CONTAINER_SECURITY, exporterImage } from "./exporter";
import { DATA_DIR, serverConfig } from "./files";
import { DATA_VOLUME, serverArgs } from "./names";
import { OWNER_LABEL } from "./owner";
import type { ServerPlan } from "./plan";
import { placement, podSecurity } from "./pod";
import type { Site } from "./site";

/** A line that no server knows: the one that is named is the first that it does not take. */
const LAST_LINE = "end-of-the-rehearsal";
/** Seconds after which the kubelet ends a pod that an interrupted `up` left. */
const DEADLINE = 600;

/** What is tried out, and where; the provider's inputs. */
export interface RehearsalInputs {
  readonly access: Access;
  readonly role: Role;
  readonly pod: RehearsalPod;
  /** Section of the stack file, for messages. */
  readonly section?: string;
}

/**
 * Before a running pod is taken: its successor's images are pulled, and the server reads its configuration, in a pod
 * that is gone afterwards (docs/adr/0061-kubernetes-rehearsal.md). A dynamic resource; runs when image or settings change.
 */
export class Rehearsal extends DynamicResource<RehearsalInputs> {
  constructor(name: string, inputs: Inputs<RehearsalInputs>, opts: pulumi.CustomResourceOptions) {
    super({ type: "Rehearsal", room: "kubernetes", handler: "rehearsal" }, name, inputs, opts);
  }
}

/** None where this program does not apply anything itself. */
export function createRehearsal(site: Site, plan: ServerPlan): Rehearsal[] {
  const { access, parent, first, section } = site;
  if (access === undefined) return [];
  const pod = rehearsalPod(site.args, site.plan.namespace, plan, site.owner);
  const opts = { parent, ...(first.length > 0 && { dependsOn: [...first] }) };
  const inputs = { access, role: plan.role, pod, ...(section !== undefined && { section }) };
  return [new Rehearsal(`${site.name}-${plan.role}-rehearsal`, inputs, opts)];
}

export type RehearsalPod = ReturnType<typeof rehearsalPod>;

/** A pod on the same nodes, with the same images and the same server configuration, without data and without a port. */
export function rehearsalPod(
  args: KubernetesTopologyArgs,
  namespace: string,
  plan: ServerPlan,
  owner: string,
) {
  const common = {
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
    securityContext: CONTAINER_SECURITY,
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
  const exporter = {
    ...common,
    name: "exporter",
    image: exporterImage(args.monitoring ?? {}),
    imagePullPolicy: "IfNotPresent",
    command: ["/redis_exporter", "--version"],
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${plan.names.server}-rehearsal`,
      namespace,
      labels: { "app.kubernetes.io/part-of": "redis-topology", [OWNER_LABEL]: owner },
    },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: DEADLINE,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity,
      ...placement(serverArgs(args, plan.role)),
      containers: [
        {
          ...common,
          name: "redis",
          image: plan.image,
          imagePullPolicy: plan.imagePullPolicy,
          command: ["sh", "-c", readScript(plan)],
          // Kubernetes reads `$(NAME)` in values.
          env: [{ name: "REDIS_CONF", value: renderConfig(serverConfig(plan)).replaceAll("$", "$$$$") }],
          volumeMounts: [{ name: DATA_VOLUME, mountPath: DATA_DIR }],
        },
        ...(args.monitoring?.exporter === false ? [] : [exporter]),
      ],
      volumes: [{ name: DATA_VOLUME, emptyDir: {} }],
    },
  };
}

/** The server reads all of it before it opens anything, and stops at the last line. */
function readScript({ engine }: ServerPlan): string {
  return `answer=$(printf '%s\\n${LAST_LINE}\\n' "$REDIS_CONF" | ${engine}-server - 2>&1)
case $answer in *"'${LAST_LINE}'"*) exit 0 ;; esac
printf '%s\\n' "$answer" > /dev/termination-log
exit 1
`;
}

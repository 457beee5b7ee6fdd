import type { KubernetesTopologyArgs } from "../../../components/backends/kubernetes/args";
import type { Guarantees } from "../../../components/redis/guarantees";
import type { Role } from "../../../components/redis/roles";
import { ROLES } from "../../../components/redis/roles";
import { resolved } from "../../mocked/harness";
import { freePort } from "../servers";
import type { LiveConnection, LiveMemory, LiveTarget } from "../target";
import type { Forward } from "./cluster";
import { forward, kubectl } from "./cluster";
import type { Deployment } from "./deployment";
import { apply, deploy, replacePod, rolledOut } from "./deployment";

/** Has what the upstream image has; see image.sh. A cluster that can pull takes `redis:7.4-alpine`. */
export const IMAGE = process.env.REDIS_TOPOLOGY_LIVE_IMAGE ?? "docker.io/library/redis:7.0.15-live";

/** A class whose volumes can grow; the one of ../shared/tools/kube. */
const STORAGE_CLASS = process.env.REDIS_TOPOLOGY_LIVE_CLASS ?? "longhorn-replicated";

/** Port of Redis in the cluster. */
const REDIS_PORT = 6379;

/** A recorded KubernetesTopology in a real cluster, in a namespace of its own, reached through port-forwards. */
export class KubernetesTarget implements LiveTarget {
  private readonly forwards = new Map<Role, Forward>();
  private readonly ports = new Map<Role, number>();

  private constructor(
    readonly namespace: string,
    private readonly args: KubernetesTopologyArgs,
    private deployment: Deployment,
  ) {}

  static async start(namespace: string, given: KubernetesTopologyArgs): Promise<KubernetesTarget> {
    kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
    const server = { image: IMAGE };
    const queue = { ...given.queue, persistence: { storageClass: STORAGE_CLASS } };
    const args = { ...given, queue, namespace, cacheServer: server, queueServer: server };
    const target = new KubernetesTarget(namespace, args, await deploy(args));
    for (const role of ROLES) if (args[role]) await target.reach(role);
    return target;
  }

  get guarantees(): Guarantees {
    return this.deployment.recording.result.guarantees;
  }

  get objects() {
    return this.deployment.objects;
  }

  async connection(role: Role): Promise<LiveConnection> {
    const endpoint = this.deployment.recording.result[role];
    const port = this.ports.get(role);
    if (!endpoint || port === undefined) throw new Error(`There is no ${role}.`);
    const { username, password } = endpoint;
    return { host: "127.0.0.1", port, ...(await resolved({ username, password })) };
  }

  /** SIGKILL to every process of the pod; the StatefulSet makes the next one. */
  kill(role: Role): Promise<void> {
    return this.replace(role, "--grace-period=0", "--force");
  }

  restart(role: Role): Promise<void> {
    return this.replace(role);
  }

  async recreate(role: Role): Promise<void> {
    const name = `redis-${role}`;
    kubectl(["-n", this.namespace, "delete", "statefulset", name, "--cascade=foreground"]);
    const set = this.objects.find(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === name);
    apply(set);
    await rolledOut(this.namespace, name);
    await this.reach(role);
  }

  async redeploy(more: KubernetesTopologyArgs): Promise<void> {
    const args = { ...this.args, ...more };
    for (const role of ROLES) if (this.args[role]) args[role] = { ...this.args[role], ...more[role] };
    this.deployment = await deploy(args, this.deployment);
    for (const role of ROLES) if (args[role]) await this.reach(role);
  }

  /** As the pod's own cgroup has it, in either version of cgroups. */
  async memory(role: Role): Promise<LiveMemory> {
    const read = (second: string, first: string) =>
      Number(this.sh(role, `cat /sys/fs/cgroup/${second} 2>/dev/null || cat /sys/fs/cgroup/memory/${first}`));
    return {
      limit: read("memory.max", "memory.limit_in_bytes"),
      peak: read("memory.peak", "memory.max_usage_in_bytes"),
    };
  }

  async remove(): Promise<void> {
    for (const way of this.forwards.values()) await way.close();
    kubectl(["delete", "namespace", this.namespace]);
  }

  /** Runs a shell line beside Redis. */
  sh(role: Role, line: string): string {
    return kubectl(["-n", this.namespace, "exec", `redis-${role}-0`, "-c", "redis", "--", "sh", "-c", line]);
  }

  private async replace(role: Role, ...how: string[]): Promise<void> {
    await replacePod(this.namespace, `redis-${role}-0`, ...how);
    await this.reach(role);
  }

  /** The same local port leads to whichever pod serves the role now. */
  async reach(role: Role): Promise<void> {
    await this.forwards.get(role)?.close();
    const port = this.ports.get(role) ?? (await freePort());
    this.ports.set(role, port);
    this.forwards.set(role, await forward(this.namespace, `service/redis-${role}`, REDIS_PORT, port));
  }
}

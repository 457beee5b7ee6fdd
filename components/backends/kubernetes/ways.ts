import { EXPORTER_PORT } from "../../redis/exporter";
import type { RoleWays, Ways } from "../../redis/ways";
import type { KubernetesTopologyArgs } from "./args";
import type { KubernetesPlan, ServerPlan } from "./plan";

/**
 * Ways to the pods by `kubectl`. `context`: the context that the stack is deployed with; undefined where this program
 * knows none, since it only renders or was given a provider: a command for whichever cluster is current would be a trap.
 */
export function kubernetesWays(
  args: KubernetesTopologyArgs,
  plan: KubernetesPlan,
  context: string | undefined,
): Ways {
  return Object.fromEntries(
    plan.servers.map((server) => [
      server.role,
      context === undefined ? withoutContext(plan, server) : withContext(args, plan, server, context),
    ]),
  );
}

function withContext(
  { kubeconfig, monitoring }: KubernetesTopologyArgs,
  { namespace }: KubernetesPlan,
  { names, port }: ServerPlan,
  context: string,
): RoleWays {
  const file = kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig];
  const kubectl = ["kubectl", ...file, "--context", context, "--namespace", namespace];
  const forward = [...kubectl, "port-forward", "--address", "127.0.0.1", `pod/${names.pod}`];
  return {
    tunnel: [...forward, `{port}:${port}`],
    ...(monitoring?.exporter !== false && { exporter: [...forward, `{port}:${EXPORTER_PORT}`] }),
    logs: [...kubectl, "logs", "--container", "redis", "--tail", "100", "{args}", names.pod],
    restart: [...kubectl, "delete", "pod", names.pod],
  };
}

function withoutContext({ namespace }: KubernetesPlan, { role, names, port }: ServerPlan): RoleWays {
  const forward = `kubectl -n ${namespace} port-forward pod/${names.pod} 16379:${port}`;
  return {
    instead: `The stack names no context of its cluster: run \`${forward}\` with the right one, and add \`--endpoint ${role}=127.0.0.1:16379\`.`,
  };
}

import { ruleGroup, SCRAPE_SECONDS } from "../../planning/promql";
import type { KubernetesTopologyArgs } from "./args";
import { selectorLabels } from "./names";
import type { ServerPlan } from "./plan";

/** API of the Prometheus operator's objects. */
export const OPERATOR_API = "monitoring.coreos.com/v1";

/** Scrapes the metrics port, which only the headless Service has. */
export function serviceMonitorSpec(namespace: string, plan: ServerPlan) {
  return {
    selector: { matchLabels: selectorLabels(plan.names.server) },
    namespaceSelector: { matchNames: [namespace] },
    endpoints: [{ port: "metrics", interval: `${SCRAPE_SECONDS}s` }],
  };
}

/** The alerts of `components/planning/alerts.ts`, in PromQL. */
export function prometheusRuleSpec(args: KubernetesTopologyArgs, namespace: string, plan: ServerPlan) {
  const { thresholds, runbookUrl } = args.monitoring ?? {};
  const { server, claim } = plan.names;
  const group = ruleGroup({
    role: plan.role,
    group: `${namespace}-${server}`,
    title: `${namespace}/${server}`,
    labels: { redis: server },
    series: {
      exporter: exporterSelector(namespace, plan),
      identity: ["namespace", "service"],
      claim: `{namespace="${namespace}",persistentvolumeclaim="${claim}"}`,
    },
    thresholds: { ...args.alerts, ...thresholds },
    runbookUrl,
  });
  return { groups: [group] };
}

/** The series of this role's exporter, as the ServiceMonitor labels them. */
export function exporterSelector(namespace: string, plan: ServerPlan): string {
  return `{namespace="${namespace}",service="${plan.names.headless}"}`;
}

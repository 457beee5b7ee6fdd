import { alertsFor } from "../../redis/alerts";
import type { KubernetesTopologyArgs } from "./args";
import { selectorLabels } from "./names";
import type { ServerPlan } from "./plan";
import { condition, SCRAPE_SECONDS } from "./promql";

/** API of the Prometheus operator's objects. */
export const OPERATOR_API = "monitoring.coreos.com/v1";
const RUNBOOKS = "docs/operations.md";

/** Scrapes the metrics port, which only the headless Service has. */
export function serviceMonitorSpec(namespace: string, plan: ServerPlan) {
  return {
    selector: { matchLabels: selectorLabels(plan.names.server) },
    namespaceSelector: { matchNames: [namespace] },
    endpoints: [{ port: "metrics", interval: `${SCRAPE_SECONDS}s` }],
  };
}

/** The alerts of `components/redis/alerts.ts`, in PromQL. */
export function prometheusRuleSpec(args: KubernetesTopologyArgs, namespace: string, plan: ServerPlan) {
  const { thresholds, runbookUrl = RUNBOOKS } = args.monitoring ?? {};
  const rules = alertsFor(plan.role, thresholds).flatMap((alert) => {
    const when = condition(alert, namespace, plan);
    if (!when) return [];
    return [
      {
        alert: alert.name,
        expr: when.expr,
        for: when.for,
        labels: { severity: alert.severity, role: plan.role, redis: plan.names.server },
        annotations: {
          summary: `${namespace}/${plan.names.server}: ${alert.summary}`,
          description: alert.description,
          runbook_url: `${runbookUrl}#${alert.runbook}`,
        },
      },
    ];
  });
  return { groups: [{ name: `${namespace}-${plan.names.server}`, rules }] };
}

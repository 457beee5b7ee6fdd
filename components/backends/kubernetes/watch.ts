import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import { DASHBOARD_LABEL, dashboard } from "./dashboard";
import { OPERATOR_API, prometheusRuleSpec, serviceMonitorSpec } from "./monitoring";
import type { ServerPlan } from "./plan";
import type { Site } from "./site";
import { childOptions, metadata } from "./site";

/** What Prometheus and Grafana are told of one role, as far as the stack wants it. */
export function createMonitoring(site: Site, plan: ServerPlan): void {
  const { operator, dashboard: wanted, exporter } = site.args.monitoring ?? {};
  if (exporter === false) return;
  if (operator) createOperatorObjects(site, plan);
  if (wanted) createDashboard(site, plan);
}

function createOperatorObjects(site: Site, plan: ServerPlan): void {
  const { namespace } = site.plan;
  const own = metadata(site, plan, plan.names.server);
  const object = {
    apiVersion: OPERATOR_API,
    metadata: { ...own, labels: { ...own.labels, ...site.args.monitoring?.operatorLabels } },
  };
  new CustomResource(
    `${site.name}-${plan.role}-monitor`,
    { ...object, kind: "ServiceMonitor", spec: serviceMonitorSpec(namespace, plan) },
    childOptions(site),
  );
  new CustomResource(
    `${site.name}-${plan.role}-alerts`,
    { ...object, kind: "PrometheusRule", spec: prometheusRuleSpec(site.args, namespace, plan) },
    childOptions(site),
  );
}

function createDashboard(site: Site, plan: ServerPlan): void {
  const own = metadata(site, plan, plan.names.dashboard);
  new ConfigMap(
    `${site.name}-${plan.role}-dashboard`,
    {
      metadata: { ...own, labels: { ...own.labels, ...DASHBOARD_LABEL } },
      data: { [`${plan.names.server}.json`]: JSON.stringify(dashboard(site.plan.namespace, plan)) },
    },
    childOptions(site),
  );
}

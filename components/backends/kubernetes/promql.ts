import type { Alert, AlertMetric } from "../../redis/alerts";
import type { ServerPlan } from "./plan";

/** Seconds between two scrapes. */
export const SCRAPE_SECONDS = 30;
/** A counter needs several samples in its window; fewer than these, and one missed scrape makes it blind. */
const LEAST_SAMPLES = 4;

/** One alert's condition: an expression, and how long it must hold. */
export interface Condition {
  readonly expr: string;
  /** A Prometheus duration. */
  readonly for: string;
}

interface Watched {
  /** Selects this role's exporter. */
  readonly exporter: string;
  /** Selects this role's claim, in the kubelet's metrics. */
  readonly claim: string;
  /** Window of counters. */
  readonly window: string;
}

interface Expression {
  readonly value: (on: Watched) => string;
  /** Whether `value` counts over the window by itself, so that the alert need not hold for long. */
  readonly counts?: true;
}

/**
 * What redis_exporter and the kubelet measure, in PromQL. Missing are what cannot happen here: a replica that lags
 * (there is none) and swap (the kubelet gives pods none).
 */
const EXPRESSIONS: Readonly<Partial<Record<AlertMetric, Expression>>> = {
  // A target that Prometheus does not even know is as far away as one that does not answer.
  down: { value: ({ exporter }) => `(1 - redis_up${exporter} or absent(redis_up${exporter}))` },
  memoryPercent: {
    value: ({ exporter }) => `100 * redis_memory_used_bytes${exporter} / redis_memory_max_bytes${exporter}`,
  },
  connections: { value: ({ exporter }) => `redis_connected_clients${exporter}` },
  rejectedConnections: {
    value: ({ exporter, window }) => `increase(redis_rejected_connections_total${exporter}[${window}])`,
    counts: true,
  },
  evictedKeys: {
    value: ({ exporter, window }) => `increase(redis_evicted_keys_total${exporter}[${window}])`,
    counts: true,
  },
  refusedWrites: { value: ({ exporter, window }) => newErrors(exporter, "OOM", window), counts: true },
  aofWriteFailing: { value: ({ exporter }) => `1 - redis_aof_last_write_status${exporter}` },
  aofRewriteFailing: { value: ({ exporter }) => `1 - redis_aof_last_bgrewrite_status${exporter}` },
  rdbSaveFailing: { value: ({ exporter }) => `1 - redis_rdb_last_bgsave_status${exporter}` },
  secondsSinceSave: {
    value: ({ exporter }) =>
      `(time() - redis_rdb_last_save_timestamp_seconds${exporter}) * (redis_rdb_changes_since_last_save${exporter} > bool 0)`,
  },
  restarts: {
    // By service, since a new pod has a new address and so a series of its own.
    value: ({ exporter, window }) =>
      `resets(max by (namespace, service) (redis_uptime_in_seconds${exporter})[${window}:${SCRAPE_SECONDS}s])`,
    counts: true,
  },
  volumePercent: {
    value: ({ claim }) =>
      `100 * kubelet_volume_stats_used_bytes${claim} / kubelet_volume_stats_capacity_bytes${claim}`,
  },
  engineCpuPercent: {
    value: ({ exporter, window }) =>
      `100 * (rate(redis_cpu_user_main_thread_seconds_total${exporter}[${window}]) + rate(redis_cpu_sys_main_thread_seconds_total${exporter}[${window}]))`,
  },
};

/** The alert in PromQL; undefined for what cannot happen on this backend. */
export function condition(alert: Alert, namespace: string, plan: ServerPlan): Condition | undefined {
  const expression = EXPRESSIONS[alert.metric];
  if (!expression) return undefined;
  const windowSeconds = Math.max(alert.forSeconds, LEAST_SAMPLES * SCRAPE_SECONDS);
  const value = expression.value({
    exporter: exporterSelector(namespace, plan),
    claim: `{namespace="${namespace}",persistentvolumeclaim="${plan.names.claim}"}`,
    window: `${windowSeconds}s`,
  });
  return { expr: `${value} > ${alert.above}`, for: expression.counts ? "0s" : `${alert.forSeconds}s` };
}

/** The series of this role's exporter, as the ServiceMonitor labels them. */
export function exporterSelector(namespace: string, plan: ServerPlan): string {
  return `{namespace="${namespace}",service="${plan.names.headless}"}`;
}

/** Redis names an error only once it has happened, and `increase` does not see a series begin. */
function newErrors(exporter: string, error: string, window: string): string {
  const series = `redis_errors_total${exporter.replace("}", `,err="${error}"}`)}`;
  return `(increase(${series}[${window}]) > 0 or ${series} unless ${series} offset ${window})`;
}

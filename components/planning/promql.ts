import type { Role } from "../redis/roles";
import type { AlertThresholds } from "../redis/thresholds";
import type { Alert, AlertMetric } from "./alerts";
import { alertsFor } from "./alerts";

/** Seconds between two scrapes. */
export const SCRAPE_SECONDS = 30;
/** A counter needs several samples in its window; fewer than these, and one missed scrape makes it blind. */
const LEAST_SAMPLES = 4;

/** One alert's condition: an expression, and how long it must hold. */
interface Condition {
  readonly expr: string;
  /** A Prometheus duration. */
  readonly for: string;
}

/** Where the series of one server are. */
export interface Series {
  /** Selects its exporter: `{job="redis",role="queue"}`. */
  readonly exporter: string;
  /** What stays the same when the server is started anew; its labels are those of the alert about it. */
  readonly identity: readonly string[];
  /** Selects its claim in the kubelet's metrics. Absent where no kubelet measures its volume. */
  readonly claim?: string;
}

interface Watched extends Series {
  /** Window of counters. */
  readonly window: string;
}

interface Expression {
  /** Undefined where nobody measures it. */
  readonly value: (on: Watched) => string | undefined;
  /** Whether `value` counts over the window by itself, so that the alert need not hold for long. */
  readonly counts?: true;
}

/**
 * What redis_exporter and the kubelet measure, in PromQL. Missing are a replica that lags (there is
 * none where an exporter is) and swap (no exporter sees it).
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
    // By identity: a new pod has a new address, and so a series of its own.
    value: ({ exporter, identity, window }) =>
      `resets(max by (${identity.join(", ")}) (redis_uptime_in_seconds${exporter})[${window}:${SCRAPE_SECONDS}s])`,
    counts: true,
  },
  volumePercent: {
    value: ({ claim }) =>
      claim && `100 * kubelet_volume_stats_used_bytes${claim} / kubelet_volume_stats_capacity_bytes${claim}`,
  },
  engineCpuPercent: {
    value: ({ exporter, window }) =>
      `100 * (rate(redis_cpu_user_main_thread_seconds_total${exporter}[${window}]) + rate(redis_cpu_sys_main_thread_seconds_total${exporter}[${window}]))`,
  },
};

/** The alert in PromQL; undefined for what cannot happen here, or what nobody measures. */
function condition(alert: Alert, series: Series): Condition | undefined {
  const expression = EXPRESSIONS[alert.metric];
  const windowSeconds = Math.max(alert.forSeconds, LEAST_SAMPLES * SCRAPE_SECONDS);
  const value = expression?.value({ ...series, window: `${windowSeconds}s` });
  if (expression === undefined || value === undefined) return undefined;
  return { expr: `${value} > ${alert.above}`, for: expression.counts ? "0s" : `${alert.forSeconds}s` };
}

/** Whose rules these are, and how they are told. */
export interface Ruled {
  readonly role: Role;
  /** Name of the group, unique in Prometheus. */
  readonly group: string;
  /** What the alerts call the server: `redis/redis-queue`. */
  readonly title: string;
  /** Labels of every alert, beside `severity` and `role`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Series;
  readonly thresholds?: AlertThresholds | undefined;
  /** Where the runbook lies. */
  readonly runbookUrl?: string | undefined;
}

const RUNBOOKS = "docs/operations.md";

/** The alerts of alerts.ts as a group of Prometheus' rules, the same on every backend that has an exporter. */
export function ruleGroup({ role, group, title, labels, series, thresholds, runbookUrl = RUNBOOKS }: Ruled) {
  const rules = alertsFor(role, thresholds).flatMap((alert) => {
    const when = condition(alert, series);
    if (!when) return [];
    return [
      {
        alert: alert.name,
        expr: when.expr,
        for: when.for,
        labels: { severity: alert.severity, role, ...labels },
        annotations: {
          summary: `${title}: ${alert.summary}`,
          description: alert.description,
          runbook_url: `${runbookUrl}#${alert.runbook}`,
        },
      },
    ];
  });
  return { name: group, rules };
}

/** Redis names an error only once it has happened, and `increase` does not see a series begin. */
function newErrors(exporter: string, error: string, window: string): string {
  const series = `redis_errors_total${exporter.replace("}", `,err="${error}"}`)}`;
  return `(increase(${series}[${window}]) > 0 or ${series} unless ${series} offset ${window})`;
}

import { exporterSelector } from "./monitoring";
import type { ServerPlan } from "./plan";

/** Grafana's sidecar loads ConfigMaps with this label (the Helm chart's default). */
export const DASHBOARD_LABEL = { grafana_dashboard: "1" };
/** Version of Grafana's dashboard format. */
const SCHEMA_VERSION = 39;
/** Grafana's grid is 24 units wide; a row of panels is 8 high. */
const WIDTH = 24;
const HEIGHT = 8;

interface Graph {
  readonly title: string;
  readonly unit: string;
  /** Legend and expression; `$` stands for the series' selector. */
  readonly series: readonly (readonly [legend: string, expr: string])[];
}

const GRAPHS: readonly Graph[] = [
  {
    title: "Memory",
    unit: "bytes",
    series: [
      ["used", "redis_memory_used_bytes$"],
      ["resident", "redis_memory_used_rss_bytes$"],
      ["maxmemory", "redis_memory_max_bytes$"],
    ],
  },
  {
    title: "Clients",
    unit: "short",
    series: [
      ["connected", "redis_connected_clients$"],
      ["blocked", "redis_blocked_clients$"],
    ],
  },
  {
    title: "Commands per second",
    unit: "ops",
    series: [["commands", "rate(redis_commands_processed_total$[5m])"]],
  },
  {
    title: "Hits and misses per second",
    unit: "ops",
    series: [
      ["hits", "rate(redis_keyspace_hits_total$[5m])"],
      ["misses", "rate(redis_keyspace_misses_total$[5m])"],
      ["evictions", "rate(redis_evicted_keys_total$[5m])"],
    ],
  },
  {
    title: "Main thread",
    unit: "percentunit",
    series: [
      ["user", "rate(redis_cpu_user_main_thread_seconds_total$[5m])"],
      ["system", "rate(redis_cpu_sys_main_thread_seconds_total$[5m])"],
    ],
  },
  { title: "Keys", unit: "short", series: [["keys", "redis_db_keys$"]] },
];

/** Only a queue has these. */
const QUEUE_GRAPHS: readonly Graph[] = [
  {
    title: "Persistence",
    unit: "short",
    series: [
      ["AOF write ok", "redis_aof_last_write_status$"],
      ["AOF rewrite ok", "redis_aof_last_bgrewrite_status$"],
      ["RDB save ok", "redis_rdb_last_bgsave_status$"],
    ],
  },
  { title: "AOF size", unit: "bytes", series: [["AOF", "redis_aof_current_size_bytes$"]] },
  { title: "Jobs by state", unit: "short", series: [["{{key}}", "redis_key_size$"]] },
];

/** A dashboard of one role, in Grafana's JSON. */
export function dashboard(namespace: string, plan: ServerPlan) {
  const selector = exporterSelector(namespace, plan);
  const graphs = plan.persists ? [...GRAPHS, ...QUEUE_GRAPHS] : GRAPHS;
  return {
    uid: `${namespace}-${plan.names.server}`.slice(0, 40),
    title: `Redis ${namespace}/${plan.names.server}`,
    tags: ["redis", plan.role],
    schemaVersion: SCHEMA_VERSION,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", type: "datasource", query: "prometheus", label: "Data source" }],
    },
    panels: graphs.map((graph, index) => panel(graph, index, selector)),
  };
}

function panel(graph: Graph, index: number, selector: string) {
  const width = WIDTH / 2;
  return {
    id: index + 1,
    type: "timeseries",
    title: graph.title,
    datasource: { type: "prometheus", uid: "${datasource}" },
    gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * HEIGHT, w: width, h: HEIGHT },
    fieldConfig: { defaults: { unit: graph.unit }, overrides: [] },
    targets: graph.series.map(([legend, expr], at) => ({
      refId: String.fromCharCode(65 + at),
      legendFormat: legend,
      expr: expr.replaceAll("$", selector),
    })),
  };
}

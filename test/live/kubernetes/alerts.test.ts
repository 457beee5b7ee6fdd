import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prometheusRuleSpec } from "../../../components/backends/kubernetes/monitoring";
import { planKubernetes } from "../../../components/backends/kubernetes/plan";
import { alertsFor } from "../../../components/planning/alerts";
import type { Role } from "../../../components/redis/roles";
import { ROLES } from "../../../components/redis/roles";
import { missing } from "../require";
import { temporaryFolder } from "../servers";

const args = { context: "any", cache: {}, queue: {} };
const plan = planKubernetes(args);

/** A healthy server, as redis_exporter and the kubelet report it: an hour of samples, one every 30 s. */
const HEALTHY: Readonly<Record<string, string>> = {
  redis_up: "1x120",
  redis_memory_used_bytes: "100x120",
  redis_memory_max_bytes: "1000x120",
  redis_connected_clients: "10x120",
  redis_rejected_connections_total: "3x120",
  redis_evicted_keys_total: "7x120",
  'redis_errors_total{err="OOM"}': "5x120",
  redis_uptime_in_seconds: "9000+30x120",
  redis_aof_last_write_status: "1x120",
  redis_aof_last_bgrewrite_status: "1x120",
  redis_rdb_last_bgsave_status: "1x120",
  redis_rdb_last_save_timestamp_seconds: "0+30x120",
  redis_rdb_changes_since_last_save: "5x120",
  redis_cpu_user_main_thread_seconds_total: "0+3x120",
  redis_cpu_sys_main_thread_seconds_total: "0+1x120",
  kubelet_volume_stats_used_bytes: "10x120",
  kubelet_volume_stats_capacity_bytes: "100x120",
};

/** What makes each alert fire, and the minute at which it does; the rest stays healthy. `undefined` = no such series. */
const TROUBLE: Readonly<Record<string, readonly [at: string, Record<string, string | undefined>]>> = {
  RedisDown: ["20m", { redis_up: "1x9 0x110" }],
  RedisMemoryHigh: ["20m", { redis_memory_used_bytes: "801x120" }],
  RedisConnectionsHigh: ["20m", { redis_connected_clients: "101x120" }],
  RedisConnectionsRejected: ["12m", { redis_rejected_connections_total: "3x20 9x100" }],
  RedisRestarts: ["12m", { redis_uptime_in_seconds: "9000+30x20 5+30x100" }],
  RedisEngineCpuHigh: ["20m", { redis_cpu_user_main_thread_seconds_total: "0+28x120" }],
  RedisQueueEvictions: ["11m", { redis_evicted_keys_total: "7x20 8x100" }],
  RedisWritesRefused: ["11m", { 'redis_errors_total{err="OOM"}': "_x20 5x100" }],
  RedisAofWriteFailing: ["20m", { redis_aof_last_write_status: "0x120" }],
  RedisAofRewriteFailing: ["20m", { redis_aof_last_bgrewrite_status: "0x120" }],
  RedisRdbSaveFailing: ["20m", { redis_rdb_last_bgsave_status: "0x120" }],
  RedisNoRecentSave: ["50m", { redis_rdb_last_save_timestamp_seconds: "-7200x120" }],
  RedisVolumeNearlyFull: ["20m", { kubelet_volume_stats_used_bytes: "81x120" }],
};

/** More ways into the same alert, or out of it. */
const FURTHER: readonly (readonly [what: string, at: string, series: object, fires: readonly string[]])[] = [
  ["a healthy server", "50m", {}, []],
  ["a target that is not there", "20m", { redis_up: undefined }, ["RedisDown"]],
  ["a memory at the threshold", "20m", { redis_memory_used_bytes: "800x120" }, []],
  ["a server that is away for four minutes", "14m", { redis_up: "1x19 0x7 1x90" }, []],
  ["old refusals", "50m", { 'redis_errors_total{err="OOM"}': "5x20 9x100" }, []],
  [
    "an old snapshot without changes since",
    "50m",
    { redis_rdb_last_save_timestamp_seconds: "-7200x120", redis_rdb_changes_since_last_save: "0x120" },
    [],
  ],
];

describe.skipIf(missing("promtool")).each(ROLES)("the alerts of a %s", (role) => {
  const folder = temporaryFolder();
  const rules = prometheusRuleSpec(args, "redis", server(role));
  const names = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  const file = join(folder, "rules.yml");
  writeFileSync(file, JSON.stringify(rules));

  test("are rules that Prometheus takes", () => {
    expect(promtool("check", "rules", file)).toContain(`SUCCESS: ${names.length} rules found`);
  });

  test("leave out only what cannot happen in a cluster", () => {
    const all = alertsFor(role).map(({ name }) => name);
    expect(all.filter((name) => !names.includes(name))).toEqual(
      role === "queue" ? ["RedisSwap", "RedisReplicationLag"] : ["RedisSwap"],
    );
  });

  test.each(names)("%s fires when it should, alone", (name) => {
    const [at, series] = TROUBLE[name] ?? ["0m", {}];
    expect(() => runRules(folder, file, role, at, series, names, [name])).not.toThrow();
  });

  test.each(FURTHER)("%s", (_, at, series, fires) => {
    expect(() => runRules(folder, file, role, at, series, names, fires)).not.toThrow();
  });

  test("a case that expects the wrong alert is noticed", () => {
    expect(() => runRules(folder, file, role, "50m", {}, names, ["RedisDown"])).toThrow("FAILED");
  });
});

function server(role: Role) {
  const found = plan.servers.find((candidate) => candidate.role === role);
  if (!found) throw new Error(`There is no ${role}.`);
  return found;
}

/** Lets promtool replay the series; throws what it said unless exactly `fires` fire at that time. */
function runRules(
  folder: string,
  file: string,
  role: Role,
  at: string,
  series: object,
  names: readonly string[],
  fires: readonly string[],
): void {
  const samples = Object.entries({ ...HEALTHY, ...series }).filter(([, values]) => values !== undefined);
  const { names: objects } = server(role);
  const input = samples.map(([metric, values]) => ({
    series: labelled(
      metric,
      metric.startsWith("kubelet_")
        ? `persistentvolumeclaim="${objects.claim}"`
        : `service="${objects.headless}",pod="${objects.pod}"`,
    ),
    values,
  }));
  const rules = prometheusRuleSpec(args, "redis", server(role)).groups.flatMap((group) => group.rules);
  const expected = names.map((name) => {
    const rule = rules.find(({ alert }) => alert === name);
    const exporter = ["RedisVolumeNearlyFull"].includes(name)
      ? { persistentvolumeclaim: objects.claim }
      : name === "RedisRestarts" ||
          (name === "RedisDown" && "redis_up" in series && series.redis_up === undefined)
        ? { service: objects.headless }
        : { service: objects.headless, pod: objects.pod };
    const error = name === "RedisWritesRefused" ? { err: "OOM" } : {};
    return {
      eval_time: at,
      alertname: name,
      exp_alerts: fires.includes(name)
        ? [
            {
              exp_labels: { namespace: "redis", ...exporter, ...error, ...rule?.labels },
              exp_annotations: rule?.annotations,
            },
          ]
        : [],
    };
  });
  const cases = join(folder, "cases.yml");
  writeFileSync(
    cases,
    JSON.stringify({
      rule_files: [file],
      evaluation_interval: "30s",
      tests: [{ interval: "30s", input_series: input, alert_rule_test: expected }],
    }),
  );
  promtool("test", "rules", cases);
}

function labelled(metric: string, labels: string): string {
  const [name = "", own = ""] = metric.replace("}", "").split("{");
  return `${name}{${[`namespace="redis"`, labels, own].filter(Boolean).join(",")}}`;
}

function promtool(...command: string[]): string {
  try {
    return execFileSync("promtool", command, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
}

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alertsFor } from "../../components/redis/alerts";
import { prometheusFiles } from "../../components/redis/prometheus";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

/** What the rules of a stack say of a queue that is as these series tell, after 20 minutes. */
const CASES: readonly (readonly [what: string, series: Record<string, string>, fires: readonly string[]])[] =
  [
    ["a healthy queue", { redis_up: "1x60" }, []],
    ["no answer for four minutes", { redis_up: "1x32 0x8" }, []],
    ["no answer for five minutes", { redis_up: "1x29 0x30" }, ["RedisDown"]],
    ["an exporter that Prometheus does not find", {}, ["RedisDown"]],
    [
      "80 % of the memory",
      { redis_up: "1x60", redis_memory_used_bytes: "80x60", redis_memory_max_bytes: "100x60" },
      [],
    ],
    [
      "more than 80 % of the memory",
      { redis_up: "1x60", redis_memory_used_bytes: "81x60", redis_memory_max_bytes: "100x60" },
      ["RedisMemoryHigh"],
    ],
    ["50 clients", { redis_up: "1x60", redis_connected_clients: "50x60" }, []],
    [
      "more than 50 clients",
      { redis_up: "1x60", redis_connected_clients: "51x60" },
      ["RedisConnectionsHigh"],
    ],
    ["an eviction", { redis_up: "1x60", redis_evicted_keys_total: "0x38 1x20" }, ["RedisQueueEvictions"]],
  ];

describe.skipIf(missing("promtool"))("the files for Prometheus", () => {
  const folder = temporaryFolder();
  const { prometheusRules, prometheusScrape } = prometheusFiles(
    "prod-redis",
    [
      { role: "cache", address: "127.0.0.1:9121" },
      { role: "queue", address: "127.0.0.1:9122" },
    ],
    { thresholds: { connections: 50 }, runbookUrl: "https://runbooks.example/redis" },
  );
  const rules = join(folder, "rules.yml");
  const scrape = join(folder, "scrape.yml");
  writeFileSync(rules, prometheusRules);
  writeFileSync(scrape, prometheusScrape);

  test("are taken by Prometheus, with every alert that an exporter can tell", () => {
    const unseen = ["RedisSwap", "RedisReplicationLag", "RedisVolumeNearlyFull"];
    const expected = [...alertsFor("cache"), ...alertsFor("queue")].filter(
      ({ name }) => !unseen.includes(name),
    );
    expect(promtool("check", "rules", rules)).toContain(`SUCCESS: ${expected.length} rules found`);
    expect(promtool("check", "config", scrape)).toContain("SUCCESS");
  });

  test.each(CASES)("%s", (_, series, fires) => {
    expect(() => replay(series, fires)).not.toThrow();
  });

  test("a case that expects the wrong alert is noticed", () => {
    expect(() => replay({ redis_up: "1x60" }, ["RedisDown"])).toThrow("FAILED");
  });

  function replay(series: Record<string, string>, fires: readonly string[]): void {
    const own = { job: "prod-redis", role: "queue" };
    const labels = `job="${own.job}",role="${own.role}"`;
    const groups = (JSON.parse(prometheusRules) as { groups: Group[] }).groups;
    const [, queue] = groups;
    const cases = join(folder, "cases.yml");
    const file = {
      rule_files: [rules],
      evaluation_interval: "30s",
      tests: [
        {
          interval: "30s",
          input_series: Object.entries({ ...series }).map(([name, values]) => ({
            series: `${name}{${labels}}`,
            values,
          })),
          alert_rule_test: queue?.rules.map((rule) => ({
            eval_time: "20m",
            alertname: rule.alert,
            exp_alerts: [
              ...(fires.includes(rule.alert)
                ? [{ exp_labels: { ...own, ...rule.labels }, exp_annotations: rule.annotations }]
                : []),
              // The cache has no series at all here.
              ...(rule.alert === "RedisDown"
                ? (groups[0]?.rules
                    .filter(({ alert }) => alert === "RedisDown")
                    .map(({ labels, annotations }) => ({
                      exp_labels: { job: own.job, ...labels },
                      exp_annotations: annotations,
                    })) ?? [])
                : []),
            ],
          })),
        },
      ],
    };
    writeFileSync(cases, JSON.stringify(file));
    promtool("test", "rules", cases);
  }
});

interface Group {
  readonly rules: readonly {
    readonly alert: string;
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  }[];
}

function promtool(...command: string[]): string {
  try {
    return execFileSync("promtool", command, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}${stderr}`);
  }
}

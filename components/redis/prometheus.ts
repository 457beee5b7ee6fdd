import type { AlertArgs } from "./exporter";
import { ruleGroup, SCRAPE_SECONDS } from "./promql";
import type { Role } from "./roles";

/** An exporter as Prometheus reaches it. */
export interface Scraped {
  readonly role: Role;
  /** `127.0.0.1:9121` */
  readonly address: string;
}

/** Prometheus' own files, as texts: JSON, which is YAML. Nothing in them is secret. */
export interface PrometheusFiles {
  /** For `rule_files`. */
  readonly prometheusRules: string;
  /** For `scrape_config_files` (Prometheus 2.43), or to be copied under `scrape_configs`. */
  readonly prometheusScrape: string;
}

/** What makes Prometheus watch these servers. `topology` names the job, and so the series: unique in one Prometheus. */
export function prometheusFiles(
  topology: string,
  scraped: readonly Scraped[],
  { thresholds, runbookUrl }: AlertArgs,
): PrometheusFiles {
  const job = topology;
  const groups = scraped.map(({ role }) =>
    ruleGroup({
      role,
      group: `${job}-${role}`,
      title: `${topology} ${role}`,
      labels: {},
      series: { exporter: `{job="${job}",role="${role}"}`, identity: ["job", "role"] },
      thresholds,
      runbookUrl,
    }),
  );
  const scrape = {
    job_name: job,
    scrape_interval: `${SCRAPE_SECONDS}s`,
    static_configs: scraped.map(({ role, address }) => ({ targets: [address], labels: { role } })),
  };
  return {
    prometheusRules: file({ groups }),
    prometheusScrape: file({ scrape_configs: [scrape] }),
  };
}

const file = (content: object) => `${JSON.stringify(content, undefined, 2)}\n`;

import type { AlertThresholds } from "./alerts";
import type { Problem } from "./problems";
import { shapeOf, shownNumber } from "./problems";
import type { Role } from "./roles";
import { ROLES } from "./roles";

/** Port of redis_exporter, as its documentation and every dashboard have it. */
export const EXPORTER_PORT = 9121;
/** The newest release that the live tests run. */
export const EXPORTER_IMAGE = "docker.io/oliver006/redis_exporter:v1.88.0";

/** Lists and sorted sets in which BullMQ keeps a queue's jobs, by state (bullmq, `queue-keys.ts`). */
const JOB_STATES = ["wait", "prioritized", "active", "delayed", "completed", "failed"] as const;

/** The BullMQ keys of these queues, in the exporter's notation. Named keys only: a pattern would scan the keyspace. */
export function jobKeys(queues: readonly string[], prefix = "bull"): string {
  return queues.flatMap((queue) => JOB_STATES.map((state) => `db0=${prefix}:${queue}:${state}`)).join(",");
}

/** How an exporter is started; its password stands in a file. */
export interface ExporterSettings {
  /** The server's address, also the key of its password file. */
  readonly server: string;
  readonly passwordFile: string;
  /** Where it answers: `:9121`. */
  readonly listen: string;
  /** As `jobKeys` gives them; empty = none. */
  readonly keys: string;
}

/** The exporter's arguments; releases since 1.18 know them. */
export function exporterArguments({ server, passwordFile, listen, keys }: ExporterSettings): string[] {
  return [
    `--redis.addr=${server}`,
    `--redis.password-file=${passwordFile}`,
    `--web.listen-address=${listen}`,
    ...(keys === "" ? [] : [`--check-single-keys=${keys}`]),
  ];
}

/** The text of an exporter's password file. Secret. */
export function exporterPasswords(server: string, password: string): string {
  return JSON.stringify({ [server]: password });
}

/** What a stack says about its alerts, on every backend that writes Prometheus' files. */
export interface AlertArgs {
  /** Thresholds of the alerts. In place. */
  thresholds?: AlertThresholds;
  /** Where the runbook lies that alerts link to. Default `docs/operations.md`; give the URL your team reads it at. In place. */
  runbookUrl?: string;
}

/** A backend that runs the exporters itself, on the loopback of the servers' machine. */
export interface ExporterArgs extends AlertArgs {
  /** Whether each role has a redis_exporter. Default true where `monitoring` is given. The servers stay as they are. */
  exporter?: boolean;
  /** BullMQ queues, by name, whose jobs are counted by state. Default none: the keyspace is never scanned. Restarts the exporters. */
  queues?: string[];
  /** Ports of 127.0.0.1 at which the exporters answer. Default 9121 for the cache, 9122 for the queue. Restarts them. */
  exporterPorts?: ExporterPorts;
}

/** A port for each role's exporter. */
export interface ExporterPorts {
  /** Default 9121. */
  cache?: number;
  /** Default 9122. */
  queue?: number;
}

/** Where a role's exporter answers; undefined where it has none. */
export function exporterPort(role: Role, args: ExporterArgs | undefined): number | undefined {
  if (args === undefined || args.exporter === false) return undefined;
  return args.exporterPorts?.[role] ?? { cache: EXPORTER_PORT, queue: EXPORTER_PORT + 1 }[role];
}

/** What is wrong with how the servers at these ports are to be watched. */
export function exporterProblems(
  args: ExporterArgs | undefined,
  servers: Readonly<Partial<Record<Role, number>>>,
): Problem[] {
  const taken = new Map(ROLES.flatMap((role) => (servers[role] ? [[servers[role], role] as const] : [])));
  const problems = watchedQueueProblems(args?.queues ?? []);
  for (const role of ROLES.filter((one) => servers[one] !== undefined)) {
    const port = exporterPort(role, args);
    if (port === undefined) continue;
    const holder = taken.get(port);
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65535;
    if (isPort && holder === undefined) {
      taken.set(port, role);
      continue;
    }
    problems.push({
      key: `monitoring.exporterPorts.${role}`,
      was: isPort ? `${port}, which is taken by the ${holder}` : shownNumber(port),
      allowed: "a port from 1 to 65535 of its own",
      fix: "Give it another.",
    });
  }
  return problems;
}

/** Names that the exporter's notation cannot hold. */
export function watchedQueueProblems(queues: readonly string[]): Problem[] {
  return queues
    .filter((queue) => !/^[^\s:,=]+$/.test(queue))
    .map((queue) => ({
      key: "monitoring.queues",
      was: shapeOf(queue),
      allowed: "names of BullMQ queues, without spaces, colons, commas and equals signs",
      fix: "Give the name as in `new Queue(name)`.",
    }));
}

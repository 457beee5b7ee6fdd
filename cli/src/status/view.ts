import type {
  MemoryStatus,
  PersistenceStatus,
  Problem,
  QueueStatus,
  RoleStatus,
  ServerStatus,
  StatusReport,
} from "./report";
import { bytes, duration, percent } from "./words";

/** Queues that one screen has room for. */
const QUEUES_SHOWN = 15;

/** The report for a person: problems first. `verbose`: every queue, and what is seldom asked. */
export function statusText(report: StatusReport, verbose: boolean): string {
  const { backend, at, problems, roles } = report;
  const parts = [
    `${backend}, ${at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}`,
    problems.length === 0 ? "No problems." : problems.map(problemText).join("\n"),
    ...roles.map((one) => roleText(one, at, verbose)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function problemText({ severity, role, text, command, runbook }: Problem): string {
  const mark = { critical: "CRITICAL", warning: "WARNING", note: "note" }[severity];
  return `${mark.padEnd(9)} ${role}: ${oneLine(text)}\n${" ".repeat(10)}${command}  (docs/operations.md#${runbook})`;
}

function roleText(status: RoleStatus, at: string, verbose: boolean): string {
  const { role, address, server } = status;
  if (!server) return `${role}  ${address}  no answer`;
  const up = `up ${duration(server.uptimeSeconds)}`;
  const lines: [string, string][] = [
    ["memory", memoryText(server.memory, verbose)],
    ["clients", clientsText(server)],
    ["traffic", trafficText(server)],
    [
      "losses",
      `${server.evicted.total} evicted, ${server.rejected.total} clients rejected, ${server.refusedWrites.total} writes refused`,
    ],
    ["persistence", persistenceText(server.persistence, at, verbose)],
    ...replicationLines(server),
  ];
  const head = `${role}  ${address}  ${oneLine(server.version)}, ${up}${server.loading ? ", loading" : ""}`;
  const body = lines.map(([name, text]) => `  ${name.padEnd(12)} ${text}`);
  return [head, ...body, ...queueLines(status, verbose)].join("\n");
}

function memoryText(memory: MemoryStatus, verbose: boolean): string {
  const {
    usedBytes,
    limitBytes,
    growthBytesPerSecond: growth,
    fullInSeconds,
    fragmentation,
    policy,
  } = memory;
  const of =
    limitBytes === 0 ? ", no limit" : ` of ${bytes(limitBytes)} (${percent((usedBytes / limitBytes) * 100)})`;
  return [
    `${bytes(usedBytes)}${of}`,
    growth === 0 ? "steady" : `${growth > 0 ? "+" : ""}${bytes(growth)}/s`,
    ...(fullInSeconds === undefined ? [] : [`full in ${duration(fullInSeconds)} at this rate`]),
    ...(fragmentation === undefined ? [] : [`fragmentation ${fragmentation}`]),
    ...(verbose && policy !== undefined ? [policy] : []),
  ].join(", ");
}

function clientsText({ clients: { connected, limit, blocked } }: ServerStatus): string {
  return `${connected}${limit === undefined ? "" : ` of ${limit}`}, ${blocked} blocked`;
}

function trafficText({ opsPerSecond, hitRate }: ServerStatus): string {
  return `${opsPerSecond} commands/s${hitRate === undefined ? "" : `, ${Math.round(hitRate * 1000) / 10} % hits`}`;
}

function persistenceText(
  { aof, rdb, recoverableTo }: PersistenceStatus,
  at: string,
  verbose: boolean,
): string {
  const age = (savedAt: number) => duration(Math.max(0, Date.parse(at) / 1000 - savedAt));
  return [
    aof
      ? `AOF ${bytes(aof.bytes)}, ${aof.writes === "ok" ? "written" : `writes: ${aof.writes}`}${verbose ? `, fsync ${aof.fsync ?? "unknown"}, rewrites ${aof.rewrites}` : ""}`
      : "no AOF",
    ...(rdb ? [`RDB ${age(rdb.savedAt)} ago, ${rdb.lastSave}, ${rdb.unsavedChanges} changes since`] : []),
    `recoverable to ${recoverableTo}`,
  ].join("; ");
}

function replicationLines({ replication }: ServerStatus): [string, string][] {
  if (!replication) return [];
  const { role, replicas, lagSeconds, linkUp } = replication;
  const lag = lagSeconds === undefined ? "" : `, ${lagSeconds} s behind`;
  const link = linkUp ? "" : ", not in step";
  return [
    ["replication", role === "primary" ? `primary of ${replicas}${lag}${link}` : `replica${lag}${link}`],
  ];
}

const HEADS = [
  "queue",
  "waiting",
  "active",
  "delayed",
  "failed",
  "oldest",
  "done/min",
  "failed/min",
  "workers",
];
const MORE_HEADS = ["completed", "for children"];

function queueLines({ role, queues, allQueues }: RoleStatus, verbose: boolean): string[] {
  if (role !== "queue") return [];
  const note = allQueues
    ? []
    : [
        "  There may be more, small ones without workers: with so many keys the look ends early. -v looks at all.",
      ];
  if (queues.length === 0) return ["", "  no queues", ...note];
  const shown = verbose ? queues : [...queues].sort(byWork).slice(0, QUEUES_SHOWN);
  const table = [[...HEADS, ...(verbose ? MORE_HEADS : [])], ...shown.map((queue) => cells(queue, verbose))];
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => (row[at] ?? "").length)));
  const lines = table.map(
    (row) =>
      `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ")}`,
  );
  const left = queues.length - shown.length;
  return ["", ...lines, ...(left > 0 ? [`  and ${left} more with less to do: -v shows them`] : []), ...note];
}

function cells(queue: QueueStatus, verbose: boolean): string[] {
  const { prefix, name, waiting, active, delayed, failed, completed, waitingChildren, paused, workers } =
    queue;
  const text = (value: number | undefined) => (value === undefined ? "?" : String(value));
  const oldest = queue.oldestWaitingMs === undefined ? "-" : duration(queue.oldestWaitingMs / 1000);
  return [
    oneLine(`${prefix === "bull" ? "" : `${prefix}:`}${name}${paused ? " (paused)" : ""}`),
    ...[waiting, active, delayed, failed].map(String),
    oldest,
    ...[queue.completedPerMinute, queue.failedPerMinute, workers].map(text),
    ...(verbose ? [completed, waitingChildren].map(String) : []),
  ];
}

function byWork(a: QueueStatus, b: QueueStatus): number {
  return b.waiting + b.active + b.failed - (a.waiting + a.active + a.failed) || a.name.localeCompare(b.name);
}

/** A server's words may hold anything, also what a terminal obeys. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

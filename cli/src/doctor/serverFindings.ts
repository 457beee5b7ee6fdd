import type { Role } from "redis-topology/redis";
import type { Context } from "../checks/check";
import type { Facts } from "../checks/facts";
import { SETTING_CHECKS } from "../checks/settings";
import { counted, formatBytes } from "../textTable";
import type { RoleFinding } from "./finding";
import { endOfLife } from "./versions";

/** What a server says of itself, for `serverFindings`. */
export interface ServerFacts {
  readonly facts: Facts;
  /** CONFIG GET appendfsync; undefined where CONFIG is refused. */
  readonly appendfsync?: string;
  /** The answer of CLIENT LIST; undefined where it is refused. */
  readonly clients?: string;
}

const MB = 1024 ** 2;

/** What INFO, CONFIG and CLIENT LIST show. `context` says what the outputs promise. */
export async function serverFindings(server: ServerFacts, context: Context): Promise<RoleFinding[]> {
  const { info } = server.facts;
  const { role } = context.expectations;
  return [
    ...versionFindings(info),
    ...(await settingFindings(server, context)),
    ...persistenceFindings(info, role),
    ...memoryFindings(info, role),
    ...clientFindings(server.clients, info),
  ];
}

type Info = Facts["info"];

function versionFindings(info: Info): RoleFinding[] {
  const { redis_version: version, valkey_version: valkey } = info;
  const ended = version === undefined ? undefined : endOfLife(version, valkey);
  if (ended === undefined) return [];
  return [
    {
      level: "warning",
      id: "version-ended",
      what: `Redis ${version} gets no more fixes from its makers (ended ${ended}; a distribution may go on).`,
      why: "A hole that is found from now on stays open.",
      command: "set `version: 7.4` or later, or `engine: valkey`, in the stack file and run `npx pulumi up`",
    },
  ];
}

async function settingFindings(
  { facts, appendfsync }: ServerFacts,
  context: Context,
): Promise<RoleFinding[]> {
  const { expectations } = context;
  const findings: RoleFinding[] = [];
  for (const check of SETTING_CHECKS) {
    const verdict = await check.judge(facts, context);
    if (verdict.result !== "fail") continue;
    findings.push({
      level: "problem",
      id: `setting-${check.name.toLowerCase().replaceAll(" ", "-")}`,
      what: `${check.name}: the server has ${verdict.found}, the outputs promise ${check.expected(expectations)}.`,
      why: `Somebody changed it on the server; ${expectations.because}.`,
      command: "`npx pulumi up` sets it again",
    });
  }
  if (expectations.persistence === "yes" && appendfsync === "no") {
    findings.push({
      level: "problem",
      id: "setting-appendfsync",
      what: "appendfsync: the server has no, so that the kernel writes the AOF when it likes (Linux: within 30 s).",
      why: `A crash of the machine loses what was not written; ${expectations.because}.`,
      command: "`npx pulumi up` sets it again",
    });
  }
  return findings;
}

function persistenceFindings(info: Info, role: Role): RoleFinding[] {
  const findings: RoleFinding[] = [];
  const failed = [
    ["aof_last_write_status", "The last write to the AOF failed"],
    ["aof_last_bgrewrite_status", "The last rewrite of the AOF failed"],
    ["rdb_last_bgsave_status", "The last RDB snapshot failed"],
  ] as const;
  for (const [field, what] of failed) {
    if (info[field] !== "err") continue;
    findings.push({
      level: "problem",
      id: field.replaceAll("_", "-"),
      what: `${what}.`,
      why: "Redis refuses writes, or the log grows until the disk is full; most often the disk or memory for the fork is short.",
      command: "read the server's log (`redis-topology logs`), make room, then `redis-cli BGREWRITEAOF`",
    });
  }
  const delayed = Number(info.aof_delayed_fsync ?? 0);
  if (delayed > 0) {
    findings.push({
      level: "warning",
      id: "fsync-delayed",
      what: `The disk was too slow for the AOF: ${counted(delayed, "write")} waited for an fsync.`,
      why: "While it waits, Redis answers nobody; workers lose their locks and run jobs twice.",
      command: "give the data a faster disk of its own; `doctor` on that machine measures it",
    });
  }
  const fork = Number(info.latest_fork_usec ?? 0);
  if (fork > 1_000_000) {
    findings.push({
      level: "warning",
      id: "fork-slow",
      what: `The last fork held the server up for ${(fork / 1e6).toFixed(1)} s.`,
      why: "Every snapshot and every rewrite of the AOF does that again.",
      command: "turn transparent huge pages off on the server's machine, or keep less data in one server",
    });
  }
  if (role === "queue" && Number(info.evicted_keys ?? 0) > 0) {
    findings.push({
      level: "problem",
      id: "evicted",
      what: `${counted(Number(info.evicted_keys), "key")} evicted since the start.`,
      why: "A queue that evicts loses jobs, silently.",
      command: "set maxmemory-policy to noeviction (`npx pulumi up`), then look for what is missing",
    });
  }
  return findings;
}

function memoryFindings(info: Info, role: Role): RoleFinding[] {
  const used = Number(info.used_memory ?? 0);
  const limit = Number(info.maxmemory ?? 0);
  const findings: RoleFinding[] = [];
  if (role === "queue" && limit > 0 && used > 0.8 * limit) {
    findings.push({
      level: used > 0.95 * limit ? "problem" : "warning",
      id: "memory-high",
      what: `${formatBytes(used)} of ${formatBytes(limit)} are used (${Math.round((used / limit) * 100)} %).`,
      why: "At the limit Redis refuses every new job.",
      command: "`redis-topology memory --role queue` says what cleaning would free",
    });
  }
  const fragmentation = Number(info.mem_fragmentation_ratio ?? 0);
  if (fragmentation > 1.5 && used > 64 * MB) {
    findings.push({
      level: "warning",
      id: "fragmented",
      what: `The process holds ${fragmentation} times the memory of its data.`,
      why: "The kernel or the container's limit counts what the process holds, and kills it at that.",
      command: "`redis-cli CONFIG SET activedefrag yes`, or restart the server at a quiet hour",
    });
  }
  return findings;
}

function clientFindings(list: string | undefined, info: Info): RoleFinding[] {
  const findings: RoleFinding[] = [];
  const rejected = Number(info.rejected_connections ?? 0);
  if (rejected > 0) {
    findings.push({
      level: "problem",
      id: "connections-rejected",
      what: `${counted(rejected, "connection")} refused since the start: maxclients (${info.maxclients ?? "unknown"}) was reached.`,
      why: "Producers and workers cannot connect then.",
      command: "`redis-cli CLIENT LIST` shows who holds them; share one connection per process in BullMQ",
    });
  }
  // This command's own connection has no name either.
  const unnamed = (list?.match(/ name= /g)?.length ?? 0) - 1;
  if (unnamed > 0) {
    findings.push({
      level: "note",
      id: "clients-unnamed",
      what: `${counted(unnamed, "client")} without a name.`,
      why: "When connections run out, nobody can tell whose they are.",
      command: "`connectionName` in the ioredis options of each application",
    });
  }
  return findings;
}

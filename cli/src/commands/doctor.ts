import type { Command } from "commander";
import type { Redis } from "ioredis";
import type { Role } from "redis-topology/redis";
import type { Context } from "../checks/check";
import { expectationsOf } from "../checks/expectations";
import { readFacts } from "../checks/facts";
import type { DoctorResult, Finding, RoleFinding } from "../doctor/finding";
import { worstFirst } from "../doctor/finding";
import { isThisHost, readHost } from "../doctor/host";
import { hostFindings } from "../doctor/hostFindings";
import { queueFindings } from "../doctor/queueFindings";
import type { ServerFacts } from "../doctor/serverFindings";
import { serverFindings } from "../doctor/serverFindings";
import { findStrays, strayFindings } from "../doctor/strays";
import { doctorText } from "../doctor/text";
import { parseCount } from "../duration";
import { chooseRoles } from "../outputs";
import { countWorkers } from "../queues/counts";
import { findQueues } from "../queues/discover";
import { nodesOf, pipelined, textOf } from "../queues/pipeline";
import type { Session } from "../queues/session";
import { DEFAULT_SCAN_LIMIT, openSession } from "../queues/session";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";

interface Options extends RunOptions {
  scan: number;
}

/** Adds `doctor`: what is wrong or will be, why it matters, and what to do. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "what is wrong or will be: each finding with its reason and what to do; 1 where there is a problem",
    )
    .option(
      "--scan <keys>",
      "keys to look at for what belongs to no queue, at most",
      parseCount(0),
      1_000_000,
    )
    .addHelpText(
      "after",
      "\nOn the server's own machine it looks at that too (overcommit, huge pages, swap, the data's disk).\n\nExample:\n  redis-topology doctor -s prod",
    );
  addRunOptions(command).action(doctor);
}

function doctor(options: Options): Promise<void> {
  return runCommand(options, async (run) => {
    const findings: Finding[] = [];
    const roles: DoctorResult["roles"] = [];
    for (const role of chooseRoles(run.outputs, options.role)) {
      run.progress.show(`${role} …`);
      const session = await openSession(run, role);
      const seen = await examine(session, role, options.scan);
      findings.push(...seen.findings.map((finding) => ({ role, ...finding })));
      roles.push({ role, ...seen.seen });
    }
    const problems = findings.some(({ level }) => level === "problem");
    const result: DoctorResult = { ok: !problems, findings: worstFirst(findings), roles };
    run.print(result, () => doctorText(result));
    return problems ? 1 : 0;
  });
}

type Seen = Omit<DoctorResult["roles"][number], "role">;

async function examine(
  session: Session,
  role: Role,
  scan: number,
): Promise<{ findings: RoleFinding[]; seen: Seen }> {
  const { client, run } = session;
  const { signal } = run;
  const context = contextOf(session, role);
  const unseen: string[] = [];
  const findings: RoleFinding[] = [];
  const nodes = nodesOf(client);
  const servers: Server[] = [];
  for (const node of nodes) {
    const server = await readServer(node, signal);
    servers.push(server);
    const where = nodes.length > 1 ? `${node.options.host}:${node.options.port}: ` : "";
    unseen.push(...unseenOf(server).map((what) => `${where}${what}`));
    const found = await serverFindings(server, context);
    findings.push(...found.map((finding) => ({ ...finding, what: `${where}${finding.what}` })));
  }
  findings.push(...(await examineQueues(session, role === "queue" ? scan : 0, unseen)));
  return examineHost(session, role, servers, { findings, seen: { onThisHost: false, unseen } });
}

async function examineHost(
  { reached }: Session,
  role: Role,
  servers: readonly Server[],
  { findings, seen }: { findings: RoleFinding[]; seen: Seen },
): Promise<{ findings: RoleFinding[]; seen: Seen }> {
  const [server] = servers;
  const info = server?.facts.info ?? {};
  // The endpoint of a cluster says nothing of where its nodes are.
  const far = servers.length > 1 || reached.tunnel !== undefined;
  if (far || !isThisHost(reached.endpoint.host, info.os)) {
    const unseen = [...seen.unseen, "the server's machine: run doctor there"];
    return { findings, seen: { ...seen, unseen } };
  }
  const host = await readHost(Number(info.process_id), server?.dir);
  const unseen = host.diskFree === undefined ? ["the data's disk: it is not in sight from here"] : [];
  return {
    findings: [...findings, ...hostFindings(host, info, role)],
    seen: {
      onThisHost: true,
      ...(host.fsync && { fsync: host.fsync }),
      unseen: [...seen.unseen, ...unseen],
    },
  };
}

async function examineQueues(
  { client, run }: Session,
  scan: number,
  unseen: string[],
): Promise<RoleFinding[]> {
  const { signal } = run;
  const { queues } = await findQueues(client, { signal, limit: DEFAULT_SCAN_LIMIT });
  const workers = await countWorkers(client, queues, signal);
  const findings: RoleFinding[] = [];
  for (const [at, queue] of queues.entries())
    findings.push(...(await queueFindings(client, queue, workers[at], signal)));
  if (scan === 0) return findings;
  const names = new Set(queues.map(({ prefix, name }) => `${prefix}:${name}`));
  const strays = await findStrays(client, names, scan, signal);
  if (!strays.complete) unseen.push(`keys beyond the first ${strays.looked}: --scan looks further`);
  return [...findings, ...strayFindings(strays)];
}

/** A server's own account, and the folder of its data. */
type Server = ServerFacts & { readonly dir?: string };

/** Reads what a server says; managed services refuse parts of it. */
async function readServer(node: Redis, signal: AbortSignal): Promise<Server> {
  const facts = await readFacts(node, signal);
  const [list, ...settings] = await pipelined(node, signal, (pipeline) => {
    pipeline.client("LIST");
    pipeline.config("GET", "appendfsync");
    pipeline.config("GET", "dir");
  });
  const [appendfsync, dir] = settings.map((answer) =>
    Array.isArray(answer) ? textOf(answer[1]) : undefined,
  );
  const clients = textOf(list);
  return {
    facts,
    ...(appendfsync !== undefined && { appendfsync }),
    ...(clients !== undefined && { clients }),
    ...(dir !== undefined && { dir }),
  };
}

function unseenOf({ facts, clients }: Server): string[] {
  return [
    ...(facts.configRefusal === undefined
      ? []
      : [`settings that INFO does not show: ${facts.configRefusal}`]),
    ...(clients === undefined ? ["clients and workers: CLIENT LIST is refused"] : []),
  ];
}

function contextOf({ run }: Session, role: Role): Context {
  const guarantees = run.outputs.guarantees[role];
  if (!guarantees) throw new Error(`no guarantees for ${role}`);
  return { expectations: expectationsOf(role, guarantees), signal: run.signal };
}

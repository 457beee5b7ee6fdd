import type { Command } from "commander";
import type { Redis } from "ioredis";
import type { Role } from "redis-topology/redis";
import { parseInfo } from "redis-topology/redis";
import { until } from "../deadline";
import { parseCount } from "../duration";
import { UserError } from "../errors";
import type { Stand } from "../memory/cursorFile";
import { readStand, removeStand, writeStand } from "../memory/cursorFile";
import type { MemoryResult, RoleMemory } from "../memory/result";
import { dataBytes, pairs, roleMemory } from "../memory/result";
import type { Allocation } from "../memory/rounding";
import { memoryText } from "../memory/text";
import { weighNode } from "../memory/weigh";
import { chooseRoles } from "../outputs";
import { findQueues } from "../queues/discover";
import { nodesOf, pipelined } from "../queues/pipeline";
import type { Session } from "../queues/session";
import { DEFAULT_SCAN_LIMIT, openSession } from "../queues/session";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";

interface Options extends RunOptions {
  rate: number;
  top: number;
  cursor?: string;
}

const SAVE_EVERY_MS = 1000;

/** Adds `memory`: what takes the memory, and what would give it back. */
export function addMemory(program: Command): void {
  const command = program
    .command("memory")
    .description("what takes the memory: by queue and job state, by prefix, by type; and what cleaning frees")
    .option("--rate <keys>", "keys a second at most", parseCount(1), 20_000)
    .option("--top <keys>", "biggest keys to name", parseCount(0), 10)
    .option("--cursor <file>", "go on from this file where it is there, and keep it up to date until the end")
    .addHelpText(
      "after",
      "\nExample:\n  redis-topology memory -s prod --role queue --cursor /tmp/queue.cursor",
    );
  addRunOptions(command).action(memory);
}

function memory(options: Options): Promise<void> {
  return runCommand(options, async (run) => {
    const roles = chooseRoles(run.outputs, options.role);
    if (options.cursor !== undefined && roles.length > 1)
      throw new UserError("A cursor file is of one server: choose it with `--role cache` or `--role queue`.");
    const result: MemoryResult = { roles: [] };
    for (const role of roles) {
      result.roles.push(await weighRole(await openSession(run, role), role, options));
    }
    run.print(result, () => memoryText(result));
    return 0;
  });
}

async function weighRole(session: Session, role: Role, options: Options): Promise<RoleMemory> {
  const { client, run } = session;
  const { signal } = run;
  const nodes = new Map(nodesOf(client).map((node) => [`${node.options.host}:${node.options.port}`, node]));
  const stand = await readStand(options.cursor, await runIds(nodes, signal));
  const save = saving(run.atEnd, options.cursor, stand);
  const { queues } = await findQueues(client, { signal, limit: DEFAULT_SCAN_LIMIT });
  const names = new Set(queues.map(({ prefix, name }) => `${prefix}:${name}`));
  for (const [name, node] of nodes) {
    if (stand.done.includes(name)) continue;
    const total = await until(signal, node.dbsize());
    await weighNode(node, stand.tally, {
      signal,
      queues: names,
      allocation: await allocationOf(node, signal),
      top: options.top,
      rate: options.rate,
      cursor: stand.cursor,
      onPage: (cursor) => {
        stand.cursor = cursor;
        run.progress.show(`${role}: ${stand.tally.keys} keys weighed, ${total} on this server`);
        return save.now();
      },
    });
    stand.done.push(name);
  }
  await save.remove();
  return roleMemory(role, stand.tally, await serverMemory([...nodes.values()], signal));
}

/** Keeps the cursor file up to date, also when the command is interrupted. */
function saving(atEnd: (work: () => unknown) => void, file: string | undefined, stand: Stand) {
  let saved = Date.now();
  let done = file === undefined;
  const write = () => (done || file === undefined ? undefined : writeStand(file, stand));
  atEnd(write);
  return {
    now: () => {
      if (Date.now() - saved < SAVE_EVERY_MS) return undefined;
      saved = Date.now();
      return write();
    },
    remove: async () => {
      done = true;
      if (file !== undefined) await removeStand(file);
    },
  };
}

async function runIds(
  nodes: ReadonlyMap<string, Redis>,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [name, node] of nodes) {
    ids[name] = parseInfo(await until(signal, node.info("server"))).run_id ?? "unknown";
  }
  return ids;
}

async function allocationOf(node: Redis, signal: AbortSignal): Promise<Allocation> {
  const info = parseInfo(await until(signal, node.info()));
  return {
    allocator: info.mem_allocator ?? "",
    redisVersion: info.redis_version ?? "",
    ...(info.valkey_version !== undefined && { valkeyVersion: info.valkey_version }),
  };
}

async function serverMemory(nodes: readonly Redis[], signal: AbortSignal) {
  const total = { used: 0, maxmemory: 0 };
  let data: number | undefined;
  for (const node of nodes) {
    const text = await until(signal, node.info("everything"));
    const info = parseInfo(text);
    // Some users may weigh keys and not the server.
    const [stats] = await pipelined(node, signal, (pipeline) => pipeline.call("MEMORY", "STATS"));
    total.used += Number(info.used_memory ?? 0);
    total.maxmemory += Number(info.maxmemory ?? 0);
    if (Array.isArray(stats)) data = (data ?? 0) + dataBytes(pairs(stats), text);
  }
  return { ...total, ...(data !== undefined && { data }) };
}

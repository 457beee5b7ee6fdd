import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { parseInfo } from "../../redis/info";
import type { Role } from "../../redis/roles";
import { formatSize } from "../../redis/size";
import type { GuardedServer } from "./guard";
import { LIMIT_FILE } from "./places";
import type { Reached } from "./running";
import { ask, runningState } from "./running";
import { tarOf } from "./tar";

const MIB = 1024 * 1024;
/** Seconds for memory that Redis has freed to reach the kernel (jemalloc gives pages back within 10 s of their end). */
const PATIENCE_SECONDS = 15;

/** Bytes of a container that are not the server's: the client of the health check, and of this file. */
const RESERVE = 16 * MIB;

/** The file that redis.conf includes; on a volume, so that it changes without a new container. */
export function limitConfig(maxMemory: number): string {
  return `maxmemory ${maxMemory}\n`;
}

/** Puts the file onto the server's volume, through the container that carried the others there. */
export async function writeLimit(docker: Docker, carrier: string, maxMemory: number): Promise<void> {
  const archive = tarOf(LIMIT_FILE, limitConfig(maxMemory), 0o444);
  await docker
    .getContainer(carrier)
    .putArchive(archive, { path: "/" })
    .catch((error: Error & { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
      throw new Error(
        `The container "${carrier}", through which a server gets its files, is gone. Run \`pulumi up --refresh\`: it is made again.`,
      );
    });
}

/** The running server's `maxmemory` in bytes; undefined when it does not answer. */
export async function runningLimit(docker: Docker, server: Reached): Promise<number | undefined> {
  const [name, value] = (await ask(docker, server, ["CONFIG", "GET", "maxmemory"])) ?? [];
  return name === "maxmemory" ? Number(value) : undefined;
}

export async function setLimit(docker: Docker, server: Reached, maxMemory: number): Promise<void> {
  const answer = await ask(docker, server, ["CONFIG", "SET", "maxmemory", String(maxMemory)]);
  if (answer?.[0] !== "OK") throw new Error(`${server.container}: the server does not take "maxmemory".`);
}

/**
 * Before the container gets less memory: Redis gets by with less, or this throws and all is as it was. Only when the
 * stack asks for less; what was set by hand is set back afterwards.
 */
export async function lowerLimit(docker: Docker, olds: GuardedServer, news: GuardedServer): Promise<void> {
  if (olds.maxMemory === news.maxMemory && olds.memory <= news.memory) return;
  const found = await runningLimit(docker, olds);
  if (found === undefined) {
    const lower = news.role === "queue" && news.maxMemory < olds.maxMemory;
    if (lower && (await runningState(docker, olds)) !== "missing") throw new Error(unknownContents(news));
    return;
  }
  // 0 is no limit.
  const lowers = found === 0 || news.maxMemory < found;
  const problem = lowers && tooFull(news, await used(docker, olds));
  if (problem) throw new Error(problem);
  if (lowers) await setLimit(docker, olds, news.maxMemory);
  const held = RESERVE + (await givenBack(docker, olds, news.memory - RESERVE));
  if (held <= news.memory) return;
  if (lowers) await setLimit(docker, olds, found);
  throw new Error(heldBack(news, held));
}

/** A queue that holds more than its new limit would refuse every job, as it evicts nothing. Pure. */
export function tooFull(wanted: Limits, usedBytes: number): string | undefined {
  if (wanted.role !== "queue" || usedBytes <= wanted.maxMemory) return undefined;
  return (
    `queue.maxMemory: ${formatSize(wanted.maxMemory)}, less than the ${inMib(usedBytes)} that the queue holds; it evicts nothing, and would refuse every job. ` +
    `Allowed: ${inMib(usedBytes)} or more. ${UNTOUCHED} Raise it, or let the workers finish jobs (\`queue.clean()\` removes finished ones), then run again.`
  );
}

/** What Redis has freed and the kernel has not got back. Pure. */
export function heldBack({ role, memory, container }: Limits, held: number): string {
  return (
    `${role}.maxMemory, ${role}.memoryLimit: the container would get ${formatSize(memory)}, and needs ${inMib(held)} for what its processes hold now: the kernel would end them. ` +
    `Allowed: ${inMib(held)} or more. ${UNTOUCHED} Wait until a rewrite of the AOF is done, or start it again (\`docker restart ${container}\`), then run again.`
  );
}

function unknownContents({ maxMemory, container }: Limits): string {
  return (
    `queue.maxMemory: ${formatSize(maxMemory)}, less than before, and the server does not answer, so that nobody knows what it holds. ` +
    `Allowed: no less than before. ${UNTOUCHED} Start it (\`docker start ${container}\`; \`docker logs ${container}\`), then run again.`
  );
}

interface Limits {
  readonly role: Role;
  readonly container: string;
  readonly maxMemory: number;
  readonly memory: number;
}

const UNTOUCHED = "Nothing was changed.";

/** Bytes that count against `maxmemory` (evict.c, freeMemoryGetNotCountedMemory). */
async function used(docker: Docker, server: Reached): Promise<number> {
  const info = parseInfo(((await ask(docker, server, ["INFO", "memory"])) ?? []).join("\n"));
  return Number(info.used_memory) - Number(info.mem_not_counted_for_evict);
}

/** What the container's processes hold, without files that the kernel drops at need, as soon as it is within the limit. */
async function givenBack(docker: Docker, server: Reached, limit: number): Promise<number> {
  for (let seconds = 0; ; seconds++) {
    if (seconds > 0) await ask(docker, server, ["MEMORY", "PURGE"]);
    const { memory_stats } = await docker.getContainer(server.container).stats({ stream: false });
    // Of control groups in version 1, then in version 2.
    const counted = memory_stats.stats as { total_rss?: number; anon?: number };
    const held = counted.total_rss ?? counted.anon ?? 0;
    if (held <= limit || seconds === PATIENCE_SECONDS) return held;
    await sleep(1000);
  }
}

/** Rounded up: as little is never too little. */
function inMib(bytes: number): string {
  return `${Math.ceil(bytes / MIB)}Mi`;
}

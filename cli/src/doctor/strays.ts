import type { Redis } from "ioredis";
import { until } from "../deadline";
import { queueOf } from "../memory/tally";
import { placesOf } from "../memory/weigh";
import { nodesOf } from "../queues/pipeline";
import type { Client } from "../redisClient";
import { counted } from "../textTable";
import type { RoleFinding } from "./finding";
import { Candidates, countOrphans } from "./orphans";

const PAGE = 1000;
const SAMPLES = 3;

/** What a walk over the keys of a queue's server found. */
export interface Strays {
  /** Keys of no queue, and some of them. */
  foreign: number;
  samples: string[];
  /** Jobs that are in no state, by `PREFIX:NAME`; about so many, where there are more than a sample. */
  readonly orphans: Record<string, number>;
  looked: number;
  complete: boolean;
}

/** Walks over at most so many keys. `queues`: the `PREFIX:NAME` of each. */
export async function findStrays(
  client: Client,
  queues: ReadonlySet<string>,
  limit: number,
  signal: AbortSignal,
): Promise<Strays> {
  const strays: Strays = { foreign: 0, samples: [], orphans: {}, looked: 0, complete: true };
  const candidates = new Map<string, Candidates>();
  for (const node of nodesOf(client)) {
    let cursor = "0";
    do {
      if (strays.looked >= limit) return { ...strays, complete: false };
      const [next, keys] = await until(signal, node.scan(cursor, "COUNT", PAGE));
      strays.looked += keys.length;
      for (const key of keys) if (queueOf(key, queues) === undefined) noteForeign(strays, key);
      await noteCandidates(node, keys, queues, candidates, signal);
      cursor = next;
    } while (cursor !== "0");
  }
  for (const [queue, among] of candidates) {
    const orphans = await countOrphans(client, queue, among, signal);
    if (orphans > 0) strays.orphans[queue] = orphans;
  }
  return strays;
}

async function noteCandidates(
  node: Redis,
  keys: readonly string[],
  queues: ReadonlySet<string>,
  candidates: Map<string, Candidates>,
  signal: AbortSignal,
): Promise<void> {
  const jobs = keys.flatMap((key) => {
    const found = queueOf(key, queues);
    return found?.part.kind === "job" && found.part.part === undefined ? [{ key, id: found.part.id }] : [];
  });
  const places = await placesOf(
    node,
    jobs.map(({ key }) => key),
    queues,
    signal,
  );
  jobs.forEach(({ id }, at) => {
    const place = places[at];
    if (place?.part !== "waiting") return;
    const among = candidates.get(place.queue) ?? new Candidates();
    among.add(id);
    candidates.set(place.queue, among);
  });
}

/** What the walk comes to. */
export function strayFindings({ foreign, samples, orphans }: Strays): RoleFinding[] {
  const findings: RoleFinding[] = Object.entries(orphans).map(([queue, count]) => ({
    level: "warning",
    id: "orphaned-jobs",
    what: `${counted(count, "job")} of ${queue} in no state of the queue${count > 200 ? ", by a sample" : ""}.`,
    why: "Nothing runs or removes them; BullMQ 5.66.6 left such with removeOnComplete and removeOnFail by age.",
    command: "`Queue.removeOrphanedJobs()` of BullMQ, with the workers stopped",
  }));
  if (foreign > 0) {
    findings.push({
      level: "note",
      id: "foreign-keys",
      what: `${counted(foreign, "key")} of no queue, such as ${samples.join(", ")}.`,
      why: "A queue never evicts: what else is kept there takes the room of jobs, and stays when it is forgotten.",
      command: "`redis-topology memory --role queue` says how much they take; a cache belongs to the cache",
    });
  }
  return findings;
}

function noteForeign(strays: Strays, key: string): void {
  strays.foreign++;
  if (strays.samples.length < SAMPLES) strays.samples.push(key);
}

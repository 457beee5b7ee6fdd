import { STATE_KEYS, STATES } from "../queues/keys";
import { pipelined } from "../queues/pipeline";
import type { Client } from "../redisClient";

const SAMPLE = 200;

/** Jobs of one queue that are in no sorted set and not active: they wait, or nothing knows of them. */
export class Candidates {
  count = 0;
  readonly sample: string[] = [];

  constructor(private readonly random: () => number = Math.random) {}

  /** Keeps every candidate with the same chance, at flat memory. */
  add(id: string): void {
    this.count++;
    if (this.sample.length < SAMPLE) {
      this.sample.push(id);
      return;
    }
    const at = Math.floor(this.random() * this.count);
    if (at < SAMPLE) this.sample[at] = id;
  }
}

/** How many of the candidates are in no state at all: counted among the sample, and by its share of the rest. */
export async function countOrphans(
  client: Client,
  queue: string,
  { count, sample }: Candidates,
  signal: AbortSignal,
): Promise<number> {
  // Twice: a job that moves on while it is looked for may be missed once.
  const first = await inNoState(client, queue, sample, signal);
  const orphans = await inNoState(client, queue, first, signal);
  return orphans.length === 0 ? 0 : Math.max(1, Math.round((orphans.length / sample.length) * count));
}

async function inNoState(
  client: Client,
  queue: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const keys = STATES.flatMap((state) => STATE_KEYS[state]);
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) {
      for (const { part, type } of keys) {
        if (type === "list") pipeline.lpos(`${queue}:${part}`, id);
        else pipeline.zscore(`${queue}:${part}`, id);
      }
      pipeline.exists(`${queue}:${id}`);
    }
  });
  return ids.filter((_, at) => {
    const from = at * (keys.length + 1);
    const found = answers.slice(from, from + keys.length);
    return answers[from + keys.length] === 1 && found.every((answer) => answer === null);
  });
}

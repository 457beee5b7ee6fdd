import type { JobsOptions } from "bullmq";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { Role } from "../../components/redis/roles";
import type { LiveConnection, LiveTarget } from "./target";

/** What every job of these tests carries. */
export interface JobData {
  readonly index: number;
}

/** Keeps clients together so that a test can close them all, whatever happened to them. */
export class Clients {
  private readonly closing: (() => unknown)[] = [];

  constructor(private readonly target: LiveTarget) {}

  /** An ioredis client that has proved its login, retried while the server comes up. */
  async redis(role: Role): Promise<Redis> {
    const client = new Redis(options(await this.target.connection(role)));
    client.on("error", () => {});
    this.closing.push(() => client.disconnect());
    await client.ping();
    return client;
  }

  /** BullMQ's producer side of the queue role. */
  async queue(name: string): Promise<Queue> {
    const connection = await this.target.connection(Role.Queue);
    const queue = new Queue(name, { connection: options(connection), ...prefixOf(connection) });
    queue.on("error", () => {});
    this.closing.push(() => queue.disconnect());
    return queue;
  }

  /** A worker that waits for Redis, as the topology's own worker options say. */
  async worker(name: string, done: (data: JobData) => void): Promise<Worker> {
    const connection = await this.target.connection(Role.Queue);
    const worker = new Worker(name, async (job) => done(job.data as JobData), {
      connection: options(connection),
      ...prefixOf(connection),
    });
    worker.on("error", () => {});
    this.closing.push(() => worker.close(true));
    return worker;
  }

  async close(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }
}

/** Options that outlive a restart of the server: wait for ever, and at most half a second between attempts. */
function options({ host, port, username, password, tls }: LiveConnection) {
  return {
    host,
    port,
    username,
    password,
    ...(tls && { tls }),
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
  };
}

function prefixOf({ prefix }: LiveConnection): { prefix?: string } {
  return prefix === undefined ? {} : { prefix };
}

/** One field of INFO. */
export async function info(client: Redis, field: string): Promise<string> {
  const text = await client.info();
  const line = text.split("\r\n").find((candidate) => candidate.startsWith(`${field}:`));
  if (!line) throw new Error(`INFO has no ${field}.`);
  return line.slice(field.length + 1);
}

/** Waits until a condition holds; gives up with its name. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Adds jobs `from` to `from + count - 1`, one after the other, and returns the ids that Redis acknowledged. */
export async function addJobs(
  queue: Queue,
  from: number,
  count: number,
  jobOptions?: JobsOptions,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = from; index < from + count; index += 1) {
    const job = await queue.add("job", { index }, { jobId: `job-${index}`, ...jobOptions });
    ids.push(job.id ?? "");
  }
  return ids;
}

/** Adds jobs until Redis refuses one, whose error it throws; puts the ids of the others into `acknowledged`. */
export async function addUntilRefused(queue: Queue, acknowledged: string[]): Promise<never> {
  for (;;) acknowledged.push(...(await addJobs(queue, acknowledged.length, 1)));
}

/** Which of these jobs are not in the queue, in any state. */
export async function missingJobs(queue: Queue, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => queue.getJob(id)));
  return ids.filter((_, index) => !found[index]);
}

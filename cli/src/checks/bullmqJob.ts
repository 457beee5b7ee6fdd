import { randomUUID } from "node:crypto";
import { Queue, QueueEvents, Worker } from "bullmq";
import { Cluster } from "ioredis";
import { Role } from "redis-topology/redis";
import { startDeadline, until } from "../deadline";
import { messageOf } from "../errors";
import type { BullmqOutputs } from "../outputs";
import type { Client } from "../redisClient";
import { clusterOf, ONE_ATTEMPT } from "../redisClient";
import type { Check } from "./check";
import { fail, pass } from "./check";

/** The clean-up gets this long even when the time of the checks is up. */
const CLEANUP_MS = 3000;

/** A real job through the exported options, in a queue of its own that is removed afterwards, come what may. */
export const BULLMQ_JOB: Check<{ client: Client; bullmq: BullmqOutputs }> = {
  name: "BullMQ job",
  role: Role.Queue,
  expected: () => "added, processed, result seen, no key left",
  judge: async ({ client, bullmq }, { signal }) => {
    const trial = new Trial(bullmq, client instanceof Cluster);
    let error: unknown;
    try {
      await until(signal, trial.run());
    } catch (thrown) {
      error = thrown;
    }
    const left = await trial.remove(client, error !== undefined);
    if (error !== undefined) return fail([trial.describe(error), left].filter(Boolean).join("; "));
    return left === undefined ? pass("added, processed, result seen, no key left") : fail(left);
  },
};

class Trial {
  private readonly name = `redis-topology-verify-${randomUUID()}`;
  private readonly queue: Queue;
  private readonly worker: Worker;
  private readonly events: QueueEvents;
  /** Rejects with the first error of a connection: none of them tries again. */
  private readonly broken: Promise<never>;
  private lastError: unknown;
  /** BullMQ leaves a client that it was given open. */
  private readonly clusters: Cluster[] = [];

  constructor(bullmq: BullmqOutputs, clustered: boolean) {
    const { producer, worker, prefix, defaultJobOptions, workerOptions } = bullmq;
    // The checks judge the version and the policy; BullMQ would print its own warnings.
    const shared = { ...(prefix !== undefined && { prefix }), skipVersionCheck: true };
    const connect = (options: typeof producer) =>
      clustered ? this.cluster(options) : { ...options, ...ONE_ATTEMPT };
    this.queue = new Queue(this.name, {
      ...shared,
      connection: connect(producer),
      defaultJobOptions,
    });
    // From the first event on: the job may be done before the first read has reached the server.
    this.events = new QueueEvents(this.name, {
      ...shared,
      connection: connect(worker),
      lastEventId: "0-0",
    });
    this.worker = new Worker(this.name, async ({ data }) => data.token, {
      ...shared,
      connection: connect(worker),
      ...workerOptions,
    });
    this.broken = new Promise((_, reject) => {
      const note = (error: Error) => {
        this.lastError ??= error;
        reject(error);
      };
      this.queue.on("error", note);
      this.worker.on("error", note);
      this.events.on("error", note);
    });
    this.broken.catch(() => undefined);
  }

  /** Adds the job and waits for its result. */
  run(): Promise<void> {
    return Promise.race([this.process(), this.broken]);
  }

  /** What a user should read of an error. */
  describe(error: unknown): string {
    return messageOf(this.lastError ?? error);
  }

  /** Stops everything and removes the queue. Returns what is wrong, if anything is left. */
  async remove(client: Client, force: boolean): Promise<string | undefined> {
    const deadline = startDeadline(CLEANUP_MS);
    const within = <T>(work: Promise<T>) => until(deadline.signal, work);
    try {
      await within(Promise.all([this.worker.close(force), this.events.close()]));
      await within(this.queue.obliterate({ force: true }));
      const left = await within(client.exists(...this.keys()));
      return left === 0 ? undefined : `${left} keys of ${this.queue.qualifiedName} are left: delete them`;
    } catch (error) {
      return `could not remove the queue ${this.queue.qualifiedName} (${messageOf(error)}): delete its keys`;
    } finally {
      await within(this.queue.close()).catch(() => undefined);
      for (const cluster of this.clusters) cluster.disconnect();
      deadline.clear();
    }
  }

  private cluster(options: BullmqOutputs["producer"]): Cluster {
    const cluster = clusterOf(options);
    this.clusters.push(cluster);
    return cluster;
  }

  private async process(): Promise<void> {
    await Promise.all([this.queue, this.events, this.worker].map((part) => part.waitUntilReady()));
    const token = randomUUID();
    // Or it is gone, where completed jobs are removed at once, before anybody has asked for its result.
    const job = await this.queue.add("verify", { token }, { removeOnComplete: false });
    const result = await job.waitUntilFinished(this.events);
    if (result !== token) throw new Error("the job gave another result");
  }

  /** Every key that BullMQ makes for a queue with one job. */
  private keys(): string[] {
    const job = this.queue.toKey("1");
    return [...Object.values(this.queue.keys), job, `${job}:lock`, `${job}:logs`];
  }
}

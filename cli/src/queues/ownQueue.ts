import type { Processor } from "bullmq";
import { Queue, Worker } from "bullmq";
import { Cluster } from "ioredis";
import { startDeadline, until } from "../deadline";
import { FailedError, messageOf } from "../errors";
import type { BullmqOutputs } from "../outputs";
import type { Client } from "../redisClient";
import { clusterOf, ONE_ATTEMPT } from "../redisClient";

const CLEANUP_MS = 5000;

/** What a queue of a command's own is made with. */
export interface OwnQueueOptions {
  readonly name: string;
  readonly prefix: string;
  readonly bullmq: BullmqOutputs;
  /** Tells whether the server is part of a cluster. */
  readonly client: Client;
  readonly process: Processor;
  /** Jobs at once. Default 1. */
  readonly concurrency?: number;
}

/** A queue and a worker of a command's own, with the options of the outputs; `remove` leaves nothing of them. */
export class OwnQueue {
  readonly queue: Queue;
  readonly worker: Worker;
  /** Rejects with the first error of a connection: none of them tries again. */
  readonly broken: Promise<never>;
  private readonly clusters: Cluster[] = [];

  constructor({ name, prefix, bullmq, client, process, concurrency = 1 }: OwnQueueOptions) {
    const shared = { prefix, skipVersionCheck: true };
    const connection = (options: BullmqOutputs["producer"]) =>
      client instanceof Cluster ? this.cluster(options) : { ...options, ...ONE_ATTEMPT };
    this.queue = new Queue(name, { ...shared, connection: connection(bullmq.producer) });
    this.worker = new Worker(name, process, {
      ...shared,
      connection: connection(bullmq.worker),
      ...bullmq.workerOptions,
      concurrency,
    });
    this.broken = new Promise((_, reject) => {
      this.queue.on("error", reject);
      this.worker.on("error", reject);
    });
    this.broken.catch(() => undefined);
  }

  /** A piece of work with them, cut short when a connection breaks. */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.broken]);
  }

  async ready(): Promise<void> {
    await this.within(Promise.all([this.queue.waitUntilReady(), this.worker.waitUntilReady()]));
  }

  /** Stops everything and removes the queue. Throws FailedError when something may be left. */
  async remove(): Promise<void> {
    const { queue } = this;
    const deadline = startDeadline(CLEANUP_MS);
    const within = <T>(work: Promise<T>) => until(deadline.signal, work);
    try {
      await within(this.worker.close(true));
      await within(queue.obliterate({ force: true }));
    } catch (error) {
      throw new FailedError(
        `The queue ${queue.qualifiedName} may be left (${messageOf(error)}): remove it with \`redis-topology queue ${queue.name} obliterate --yes\`.`,
      );
    } finally {
      await within(queue.close()).catch(() => undefined);
      for (const cluster of this.clusters) cluster.disconnect();
      deadline.clear();
    }
  }

  private cluster(options: BullmqOutputs["producer"]): Cluster {
    const cluster = clusterOf(options);
    this.clusters.push(cluster);
    return cluster;
  }
}

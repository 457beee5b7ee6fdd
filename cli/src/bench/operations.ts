import { randomUUID } from "node:crypto";
import type { OwnQueue } from "../queues/ownQueue";
import type { Client } from "../redisClient";
import type { Operation } from "./measure";

/** Whatever happens to this process, the server removes these keys after a minute. */
const KEY_LIFE_SECONDS = 60;
const VALUE = "x".repeat(1024);
const KEYS = 500;
const BULK = 100;
const DATA = { to: "someone@example.com", body: "x".repeat(200) };

/** Plain commands, on keys of their own. */
export class CacheLoad {
  private readonly prefix = `redis-topology:bench:${randomUUID()}:`;
  private next = 0;
  private readonly used = new Set<string>();

  constructor(private readonly client: Client) {}

  operations(): Operation[] {
    return [{ what: "PING", run: () => this.client.ping() }, this.setAndGet()];
  }

  /** Sets 1 KB and gets it. */
  setAndGet(): Operation {
    return {
      what: "SET and GET of 1 KB",
      run: async () => {
        const key = `${this.prefix}${this.next++ % KEYS}`;
        this.used.add(key);
        await this.client.set(key, VALUE, "EX", KEY_LIFE_SECONDS);
        await this.client.get(key);
      },
    };
  }

  async remove(): Promise<void> {
    await Promise.all([...this.used].map((key) => this.client.unlink(key)));
  }
}

/** Jobs through a queue of their own. */
export class QueueLoad {
  private readonly waiting = new Map<string, () => void>();
  private added: string[] = [];

  constructor(private readonly own: OwnQueue) {
    own.worker.on("completed", (job) => this.waiting.get(job.id ?? "")?.());
  }

  /** Those that the worker must not take away, first; the queue is paused for them. */
  async operations(): Promise<{ paused: Operation[]; running: Operation[] }> {
    const { queue } = this.own;
    return {
      paused: [
        {
          what: "one job added",
          run: async () => {
            const { id } = await queue.add("bench", DATA);
            if (id !== undefined && this.added.length < KEYS) this.added.push(id);
          },
        },
        {
          what: `${BULK} jobs added in bulk`,
          counts: BULK,
          run: () => queue.addBulk(Array.from({ length: BULK }, () => ({ name: "bench", data: DATA }))),
        },
        {
          what: "one job read",
          run: () => queue.getJob(this.added[Math.floor(Math.random() * this.added.length)] ?? "1"),
        },
      ],
      running: [this.roundTrip()],
    };
  }

  /** From the call that adds a job until its worker has said that it is done. */
  roundTrip(): Operation {
    return {
      what: "round trip of a job",
      run: async () => {
        const id = randomUUID();
        const done = new Promise<void>((resolve) => this.waiting.set(id, resolve));
        await this.own.queue.add("bench", DATA, { jobId: id, removeOnComplete: true });
        await done;
        this.waiting.delete(id);
      },
    };
  }
}

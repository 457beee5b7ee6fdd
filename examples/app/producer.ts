import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { Mail } from "./mail";
import { QUEUE, send } from "./mail";
import type { BullmqSettings } from "./settings";

/** Adds jobs, and does the work itself while the queue is away. */
export class Producer {
  private readonly redis: Redis;
  private readonly queue: Queue<Mail>;

  constructor(
    { producer, prefix, defaultJobOptions }: BullmqSettings,
    private readonly enabled: boolean,
  ) {
    this.redis = new Redis({ ...producer, lazyConnect: !enabled });
    this.redis.on("error", () => {}); // ioredis connects again by itself; `submit` does without meanwhile
    this.queue = new Queue(QUEUE, { connection: this.redis, prefix, defaultJobOptions });
    this.queue.on("error", () => {});
  }

  /** Waits for the first connection, for so long at most; before it, `submit` does the work itself. */
  async connected(patienceMs: number): Promise<void> {
    const ready = new Promise((resolve) => this.redis.once("ready", resolve));
    if (this.redis.status !== "ready") await Promise.race([ready, sleep(patienceMs)]);
  }

  /**
   * Has the mail sent: later, by a worker, or at once when there is no queue. A job whose confirmation was lost
   * with the connection is done here and may be done again by a worker: as ever with BullMQ, at least once.
   */
  async submit(mail: Mail): Promise<"queued" | "done"> {
    if (this.enabled && this.redis.status === "ready") {
      // Bounded by the producer's `commandTimeout`, when Redis hangs.
      const added = await this.queue.add("send", mail).catch(() => undefined);
      if (added) return "queued";
    }
    await send(mail);
    return "done";
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.queue.close().catch(() => undefined); // what is closed already needs no closing
  }
}

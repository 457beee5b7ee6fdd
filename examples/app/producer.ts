import { Queue } from "bullmq";
import type { QueueOptions } from "redis-topology/client";
import { failFast } from "redis-topology/client";
import type { Mail } from "./mail";
import { QUEUE, send } from "./mail";

/** Adds jobs, and does the work itself while the queue is away. */
export class Producer {
  private readonly queue?: Queue<Mail>;

  constructor(options: QueueOptions | undefined) {
    if (options) this.queue = failFast(new Queue<Mail>(QUEUE, options));
  }

  /**
   * Has the mail sent: later, by a worker, or at once when there is no queue. A job whose confirmation was lost
   * with the connection is done here and may be done again by a worker: as ever with BullMQ, at least once.
   */
  async submit(mail: Mail): Promise<"queued" | "done"> {
    const job = await this.queue?.add("send", mail).catch(() => undefined);
    if (job) return "queued";
    await send(mail);
    return "done";
  }

  async close(): Promise<void> {
    await this.queue?.close();
  }
}

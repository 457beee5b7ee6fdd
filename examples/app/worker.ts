import { Worker } from "bullmq";
import type { QueueWorkerOptions } from "redis-topology/client";
import { shutdownOnSignal } from "redis-topology/client";
import type { Mail } from "./mail";
import { QUEUE, send } from "./mail";
import { readSettings } from "./settings";

/** A worker: takes jobs until SIGTERM, finishes the one it has, and ends. While Redis is away it waits. */
function work(options: QueueWorkerOptions): void {
  const worker = new Worker<Mail>(
    QUEUE,
    async (job) => {
      console.log(`sending to ${job.data.to}`);
      await send(job.data);
    },
    options,
  );
  worker.on("error", (error) => console.error(`queue: ${error.message}`)); // BullMQ connects again by itself
  worker.on("ready", () => console.log("ready"));
  worker.on("closing", () => console.log("finishing"));
  worker.on("closed", () => console.log("finished"));
  shutdownOnSignal(worker);
}

const { worker } = readSettings(process.env);
if (worker) work(worker);
else console.log("queues are off: whoever asks for a mail sends it");

import { Worker } from "bullmq";
import { shutdownOnSignal, workerOptions } from "redis-topology/client";
import type { Mail } from "./mail";
import { QUEUE, send } from "./mail";

/** A worker: takes jobs until SIGTERM, finishes the one it has, and ends. While Redis is away it waits. */
const worker = new Worker<Mail>(
  QUEUE,
  async (job) => {
    console.log(`sending to ${job.data.to}`);
    await send(job.data);
  },
  workerOptions(),
);

worker.on("error", (error) => console.error(`queue: ${error.message}`)); // BullMQ connects again by itself
worker.on("ready", () => console.log("ready"));
worker.on("closing", () => console.log("finishing"));
worker.on("closed", () => console.log("finished"));
shutdownOnSignal(worker);

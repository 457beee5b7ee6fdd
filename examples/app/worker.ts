import { Worker } from "bullmq";
import type { Mail } from "./mail";
import { QUEUE, send } from "./mail";
import { readSettings } from "./settings";

/** A worker: takes jobs until SIGTERM, finishes the one it has, and ends. While Redis is away it waits. */
const { worker: connection, prefix, workerOptions } = readSettings(process.env).bullmq;

const worker = new Worker<Mail>(
  QUEUE,
  async (job) => {
    console.log(`sending to ${job.data.to}`);
    await send(job.data);
  },
  { connection, prefix, ...workerOptions },
);

worker.on("error", (error) => console.error(`queue: ${error.message}`)); // BullMQ connects again by itself
worker.on("ready", () => console.log("ready"));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    console.log("finishing");
    await worker.close();
    console.log("finished");
  });
}

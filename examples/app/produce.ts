import { Producer } from "./producer";
import { readSettings } from "./settings";

const PATIENCE_MS = 5000;

/** Submits one mail per argument: `tsx examples/app/produce.ts ada@example.com`. */
async function main(): Promise<void> {
  const { bullmq, queues } = readSettings(process.env);
  const producer = new Producer(bullmq, queues);
  if (queues) await producer.connected(PATIENCE_MS);
  for (const to of process.argv.slice(2)) console.log(`${to}: ${await producer.submit({ to })}`);
  await producer.close();
}

main();

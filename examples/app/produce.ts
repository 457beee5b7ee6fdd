import { Producer } from "./producer";
import { readSettings } from "./settings";

/** Submits one mail per argument: `tsx examples/app/produce.ts ada@example.com`. */
async function main(): Promise<void> {
  const producer = new Producer(readSettings(process.env).queue);
  for (const to of process.argv.slice(2)) console.log(`${to}: ${await producer.submit({ to })}`);
  await producer.close();
}

main();

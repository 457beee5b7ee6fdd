import { setTimeout as sleep } from "node:timers/promises";

export const QUEUE = "mail";

export interface Mail {
  readonly to: string;
  /** How long sending it takes, in milliseconds. */
  readonly takes?: number;
}

/** Stands for the work: takes its time and says what it did. */
export async function send({ to, takes = 0 }: Mail): Promise<void> {
  await sleep(takes);
  console.log(`sent to ${to}`);
}

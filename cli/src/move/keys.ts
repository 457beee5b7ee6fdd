import type { Redis } from "ioredis";
import { until } from "../deadline";
import type { KeyBytes } from "./route";
import { bytesOf } from "./route";

/** Keys of one round trip: their values are held in memory together. */
const BATCH = 250;

/** Every key of a server, a batch at a time; SCAN may name one twice. */
export async function* batches(client: Redis, signal: AbortSignal): AsyncGenerator<KeyBytes[]> {
  let cursor = "0";
  do {
    const [next, keys] = await until(signal, client.scanBuffer(cursor, "COUNT", BATCH));
    cursor = next.toString();
    if (keys.length > 0) yield keys.map(bytesOf);
  } while (cursor !== "0");
}

/** As a command takes it. */
export const toKey = (key: KeyBytes): Buffer => Buffer.from(key, "latin1");

/** As a person reads it. */
export const shownKey = (key: KeyBytes): string => toKey(key).toString("utf8");

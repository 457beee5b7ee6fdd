import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import { afterAll } from "vitest";

/** A port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return address.port;
}

/** A folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `work` on a connection of its own; fails fast instead of reconnecting. */
export async function withRedis<T>(
  server: { host?: string; port: number; password?: string; enableReadyCheck?: boolean },
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    host: "127.0.0.1",
    ...server,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let refusal: Error | undefined;
  redis.on("error", (error: Error) => {
    refusal = error;
  });
  try {
    // ioredis rejects with "Connection is closed" and tells the server's own words in the event only.
    await redis.connect().catch((error: Error) => {
      throw refusal ?? error;
    });
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Queue } from "bullmq";
import { afterEach, describe, expect, test } from "vitest";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { redisServers, usableRedis } from "../../scripts/redis";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const { producer, defaultJobOptions } = bullmqDefaults({ producerCommandTimeout: 500 });

describe.skipIf(missing("redis"))("a producer with the options of the outputs", () => {
  const folder = temporaryFolder();
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const open = (port: number) => {
    const connection = { host: "127.0.0.1", port, ...producer };
    const queue = new Queue("mail", { connection, defaultJobOptions });
    queue.on("error", () => {}); // the rejected `add` is what is looked at
    closing.push(() => void queue.close().catch(() => {}));
    return queue;
  };

  const start = async (port: number): Promise<ChildProcess> => {
    const args = ["--port", String(port), "--save", "", "--dir", folder];
    const server = spawn(usableRedis(redisServers())?.path ?? "", args, { stdio: "ignore" });
    closing.push(() => server.kill("SIGKILL"));
    await expect
      .poll(() => withRedis({ port }, (redis) => redis.ping()).catch(() => "away"), { timeout: 20_000 })
      .toBe("PONG");
    return server;
  };

  test("waits for its first connection, and adds the job then", async () => {
    const port = await freePort();
    const queue = open(port);
    const added = queue.add("send", {});
    await start(port);
    expect((await added).id).toBe("1");
  });

  test("fails when Redis hangs, and adds again when it is back", async () => {
    const port = await freePort();
    const server = await start(port);
    const queue = open(port);
    await queue.add("send", {});
    server.kill("SIGSTOP");
    await expect(queue.add("send", {})).rejects.toThrow("Command timed out");
    server.kill("SIGCONT");
    expect((await queue.add("send", {})).id).toBeDefined();
  });

  test("fails when the connection is lost, and adds again when Redis is back", async () => {
    const port = await freePort();
    const server = await start(port);
    const queue = open(port);
    await queue.add("send", {});
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
    await expect(queue.add("send", {})).rejects.toThrow(
      /Stream isn't writeable|Connection is closed|Command timed out|max retries/,
    );
    await start(port);
    await queue.waitUntilReady();
    await expect
      .poll(() => queue.add("send", {}).then(() => "added", String), { timeout: 20_000 })
      .toBe("added");
  });
});

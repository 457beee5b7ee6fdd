import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import * as bullmq6 from "bullmq";
import * as bullmq5 from "bullmq5";
import { afterEach, describe, expect, test } from "vitest";
import { failFast, queueOptions } from "../../components/client";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { redisServers, usableRedis } from "../../dev/redis";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

/** BullMQ waits up to 20 s between attempts to connect (redis-connection.ts). */
const healed = { timeout: 60_000 };
const COMMAND_TIMEOUT_MS = 500;
const REDIS_QUEUE_BULLMQ = JSON.stringify(bullmqDefaults({ producerCommandTimeout: COMMAND_TIMEOUT_MS }));

const optionsFor = (port: number) =>
  queueOptions({ REDIS_QUEUE_URL: `redis://127.0.0.1:${port}`, REDIS_QUEUE_BULLMQ });

/** The same classes as far as a producer goes. */
const versions = {
  bullmq: bullmq6,
  bullmq5: bullmq5 as unknown as typeof bullmq6,
};

const noRedis = missing("redis");

describe.skipIf(noRedis).each(Object.entries(versions))(
  "a producer of %s with the options of the outputs",
  (name, { FlowProducer, Queue }) => {
    const folder = temporaryFolder();
    const closing: (() => unknown)[] = [];

    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
    });

    const plain = (port: number) => {
      const queue = new Queue("mail", optionsFor(port));
      queue.on("error", () => {}); // the rejected `add` is what is looked at
      closing.push(() => void queue.close().catch(() => {}));
      return queue;
    };
    const fast = (port: number) => {
      const queue = failFast(new Queue("mail", optionsFor(port)));
      closing.push(() => queue.close());
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
    const kill = async (server: ChildProcess) => {
      const gone = once(server, "exit");
      server.kill("SIGKILL");
      await gone;
    };
    const added = (queue: { add: bullmq6.Queue["add"] }) =>
      expect.poll(() => queue.add("send", {}).then(() => "added", String), healed).toBe("added");

    test("waits for its first connection without `failFast`, and adds the job then", async () => {
      const port = await freePort();
      const queue = plain(port);
      const added = queue.add("send", {});
      await start(port);
      expect((await added).id).toBe("1");
    });

    test("adds at once when Redis is there: the first connection is waited for", async () => {
      const port = await freePort();
      await start(port);
      const queue = fast(port);
      const [one, [two]] = await Promise.all([
        queue.add("send", {}),
        queue.addBulk([{ name: "send", data: {} }]),
      ]);
      expect([one.id, two?.id].sort()).toEqual(["1", "2"]);
      expect(one.opts).toMatchObject({ attempts: 3 });
      expect(queue).toBeInstanceOf(Queue);
    });

    test("fails when Redis is down at the start, and adds when it is there", async () => {
      const port = await freePort();
      const queue = fast(port);
      const refused = `Redis has not been reached yet (connect ECONNREFUSED 127.0.0.1:${port}), and the job was not added. BullMQ goes on trying to connect.`;
      await expect(queue.add("send", {})).rejects.toThrow(refused);
      await expect(queue.addBulk([{ name: "send", data: {} }])).rejects.toThrow(refused);
      await start(port);
      await added(queue);
      expect(await queue.getWaitingCount()).toBe(1);
    });

    test("fails when Redis hangs at the start, and adds when it goes on", async () => {
      const port = await freePort();
      const server = await start(port);
      server.kill("SIGSTOP");
      const queue = fast(port);
      await expect(queue.add("send", {})).rejects.toThrow(
        "Redis has not been reached yet (Command timed out), and the job was not added.",
      );
      server.kill("SIGCONT");
      await added(queue);
    });

    test("fails when a way to Redis neither opens nor closes, after its patience", async () => {
      const silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
      const { port } = silent.address() as { port: number };
      closing.push(() => silent.close());
      const { connection, ...options } = optionsFor(port);
      const { commandTimeout: _, ...patient } = connection;
      const queue = failFast(new Queue("mail", { ...options, connection: patient }), { patience: 200 });
      closing.push(() => queue.close());
      const refused = "Redis has not been reached yet (no answer within 200 ms), and the job was not added.";
      await expect(queue.add("send", {})).rejects.toThrow(refused);
      await expect(queue.add("send", {})).rejects.toThrow(refused);
    });

    test("fails when Redis hangs, and adds again when it is back", async () => {
      const port = await freePort();
      const server = await start(port);
      const queue = fast(port);
      await queue.add("send", {});
      server.kill("SIGSTOP");
      await expect(queue.add("send", {})).rejects.toThrow("Command timed out");
      await expect(queue.addBulk([{ name: "send", data: {} }])).rejects.toThrow("Command timed out");
      server.kill("SIGCONT");
      expect((await queue.add("send", {})).id).toBeDefined();
    });

    test("fails when the connection is lost, and adds again when Redis is back", async () => {
      const port = await freePort();
      const server = await start(port);
      const queue = fast(port);
      await queue.add("send", {});
      await kill(server);
      await expect(queue.add("send", {})).rejects.toThrow(
        /Stream isn't writeable|Connection is closed|max retries|ECONNRESET/,
      );
      await expect(queue.addBulk([{ name: "send", data: {} }])).rejects.toThrow("Stream isn't writeable");
      await start(port);
      await added(queue);
    });

    test("is not dead for good when Redis dies right after the first connection", async () => {
      const port = await freePort();
      await start(port);
      // The first connection ends at BullMQ's own INFO; the INFO before that is the driver's.
      let first = true;
      const proxy = createServer((client) => {
        const [isFirst, upstream] = [first, connect(port, "127.0.0.1")];
        first = false;
        let infos = 0;
        upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
        client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
        client.on("data", (data) => {
          infos += data.toString("latin1").toLowerCase().split("\ninfo\r").length - 1;
          if (isFirst && infos === 2) client.destroy();
          else upstream.write(data);
        });
        upstream.pipe(client);
      }).listen(0, "127.0.0.1");
      await once(proxy, "listening");
      closing.push(() => proxy.close());
      await added(fast((proxy.address() as { port: number }).port));
    });

    test("a FlowProducer fails like a queue", async () => {
      const port = await freePort();
      const { connection, skipVersionCheck } = optionsFor(port);
      const flows = failFast(new FlowProducer({ connection, skipVersionCheck }));
      closing.push(() => flows.close());
      await expect(flows.add({ name: "send", queueName: "mail" })).rejects.toThrow(
        "has not been reached yet",
      );
      await start(port);
      await expect
        .poll(() => flows.add({ name: "send", queueName: "mail" }).then(() => "added", String), healed)
        .toBe("added");
    });

    test.each(["refusing", "never there", "lost", "hung"])(
      "a process that closes its queue ends while Redis is %s",
      async (how) => {
        const port = await freePort();
        const server = how === "refusing" || how === "never there" ? undefined : await start(port);
        const program = `
      const { Queue } = require("${name}");
      const { failFast, queueOptions } = require("../../components/client");
      const queue = failFast(new Queue("mail", queueOptions()));
      const close = () => queue.close().then(() => console.log("closed"));
      const added = queue.add("send", {}).then(() => "added", (error) => error.message).then((text) => console.log(text));
      ${how === "refusing" ? "added.then(close)" : 'process.stdin.once("data", close).unref()'};
    `;
        const child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
          cwd: __dirname,
          env: { ...process.env, REDIS_QUEUE_URL: `redis://127.0.0.1:${port}`, REDIS_QUEUE_BULLMQ },
          stdio: ["pipe", "pipe", "inherit"],
        });
        const ended = once(child, "exit");
        child.stdin.on("error", () => {}); // a program that has ended reads no more
        closing.push(() => child.kill("SIGKILL"));
        let output = "";
        child.stdout.on("data", (chunk) => {
          output += chunk;
        });
        await expect
          .poll(() => output, healed)
          .toMatch(server ? /^added\n/ : /^Redis has not been reached yet/);
        if (server && how === "lost") await kill(server);
        if (server && how === "hung") server.kill("SIGSTOP");
        child.stdin.end("close\n");
        expect(await ended).toEqual([0, null]);
        expect(output).toMatch(/\nclosed\n$/);
      },
    );
  },
);

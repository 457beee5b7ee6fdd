import { execFile } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { Worker } from "bullmq";
import { afterEach, describe, expect, test } from "vitest";
import type { TestTopologyOptions } from "../../components/client";
import { testTopology, workerOptions } from "../../components/client";
import { missing } from "./require";
import { temporaryFolder, withRedis } from "./servers";

const root = path.resolve(__dirname, "../..");
const run = promisify(execFile);

/** The README's blocks on what applications read, by the comment that each begins with. */
const HABITS = blocksOf("### Environment and links");

const AS_ONE_REDIS: TestTopologyOptions = { cache: { envPrefix: "KV" }, queue: { envPrefix: "REDIS" } };

const ADD = `
const job = await queue.add("send", { to: "ada@example.com" });
console.log(JSON.stringify([job.id, job.opts]));
await queue.close();
`;

describe.skipIf(missing("redis"))("what the README shows under `queue: { envPrefix: REDIS }`", () => {
  const folder = temporaryFolder();
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** A topology, and what a program of the README's lines and some after them prints in its environment. */
  const start = async (options: TestTopologyOptions) => {
    const { env, close } = await testTopology(options);
    closing.push(close);
    const program = async (habit: string, after: string) => {
      const file = path.join(folder, "program.mts");
      writeFileSync(file, `${HABITS[habit]}\n${after}`);
      const tsx = path.join(root, "node_modules/tsx/dist/loader.mjs");
      const { stdout } = await run(process.execPath, ["--import", `file://${tsx}`, file], {
        env: { PATH: process.env.PATH, ...env },
        cwd: folder,
      });
      return stdout.trim();
    };
    return { env, program };
  };

  const sentBy = async (env: Readonly<Record<string, string>>) => {
    const options = workerOptions(env, { envPrefix: "REDIS" });
    const sent = new Promise<unknown>((resolve) => {
      const worker = new Worker("mail", async ({ data }) => resolve(data), options);
      closing.push(() => worker.close());
    });
    return await sent;
  };

  test("each block is one of these", () => {
    expect(Object.keys(HABITS)).toEqual([
      "REDIS_URL alone",
      "Host, port, password",
      "NestJS, @nestjs/bullmq",
      "Bull 4",
      "Plain ioredis",
    ]);
  });

  test("all of them compile, strictly", async () => {
    const files = Object.values(HABITS).map((code, index) => {
      const file = path.join(folder, `habit-${index}.mts`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    });
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--types", "node"];
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const args = [tsc, ...options, "--module", "nodenext", "--target", "es2022", ...files];
    const { stdout } = await run(process.execPath, args, { cwd: folder }).catch((error) => error);
    expect(stdout).toBe("");
  });

  test.each(["REDIS_URL alone", "Host, port, password"])("%s: the job reaches the queue", async (habit) => {
    const { env, program } = await start(AS_ONE_REDIS);
    expect(JSON.parse(await program(habit, ADD))[0]).toBe("1");
    expect(await sentBy(env)).toEqual({ to: "ada@example.com" });
  });

  test("NestJS: what a service adds is done by its processor, with the stack's options", async () => {
    const { program } = await start({ ...AS_ONE_REDIS, bullmq: { keepFailedForever: true, attempts: 7 } });
    const output = await program(
      "NestJS, @nestjs/bullmq",
      `import { getQueueToken, WorkerHost } from "@nestjs/bullmq";
       import { NestFactory } from "@nestjs/core";
       class Mails extends WorkerHost {
         async process(job) { done(job); }
       }
       let done;
       const job = new Promise((resolve) => { done = resolve; });
       Mail(Mails);
       class App {}
       const module = { module: App, imports: [queues, mail], providers: [Mails] };
       const app = await NestFactory.createApplicationContext(module, { logger: false });
       await app.get(getQueueToken("mail")).add("send", { to: "ada@example.com" });
       const { data, opts } = await job;
       const limits = [app.get(getQueueToken("mail")), app.get(Mails).worker].map(
         (one) => one.opts.connection.commandTimeout ?? "none",
       );
       console.log(JSON.stringify([data, opts.attempts, opts.removeOnFail, limits]));
       await app.close();`,
    );
    expect(JSON.parse(output)).toEqual([{ to: "ada@example.com" }, 7, { count: -1 }, [5000, "none"]]);
  });

  test("Bull 4: one queue adds and works, with the stack's settings", async () => {
    const bullmq = { keepCompletedCount: 0, producerOfflineQueue: true, producerMaxRetries: 3, attempts: 7 };
    const { program } = await start({
      ...AS_ONE_REDIS,
      bullmq: { ...bullmq, lockDuration: 20_000, maxStalledCount: 2 },
    });
    const output = await program(
      "Bull 4",
      `const done = new Promise((resolve) => queue.process(async (job) => resolve(job)));
       await queue.add({ to: "ada@example.com" });
       const { data, opts } = await done;
       const { lockDuration, maxStalledCount } = queue.settings;
       const limit = queue.bclient.options.commandTimeout ?? "none";
       console.log(JSON.stringify([data, opts.attempts, opts.removeOnComplete, lockDuration, maxStalledCount, limit]));
       await queue.close();`,
    );
    expect(JSON.parse(output)).toEqual([
      { to: "ada@example.com" },
      7,
      { age: 86_400, count: 0 },
      20_000,
      2,
      "none",
    ]);
  });

  test("plain ioredis: a cache under its usual name", async () => {
    const { env, program } = await start({});
    await program("Plain ioredis", "redis.disconnect();");
    const server = { port: Number(env.REDIS_PORT), password: env.REDIS_PASSWORD ?? "" };
    expect(await withRedis(server, (redis) => redis.get("page"))).toBe("cached");
  });
});

function blocksOf(heading: string): Readonly<Record<string, string>> {
  const [, section = ""] = readFileSync(path.join(root, "README.md"), "utf8").split(`${heading}\n`);
  const [own = ""] = section.split(/\n#+ /);
  return Object.fromEntries(
    [...own.matchAll(/```ts\n\/\/ (.+)\n([\s\S]*?)```/g)].map(([, habit = "", code = ""]) => [habit, code]),
  );
}

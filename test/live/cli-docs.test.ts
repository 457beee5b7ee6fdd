import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Queue } from "bullmq";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createProgram } from "../../cli/src/main";
import type { StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import { statusSchema } from "../../cli/src/status/report";
import type { CliRun } from "./cli-helpers";
import { outputsOf, runCli, startCli, startServer, stopServers } from "./cli-helpers";
import { asShown, examplesOf, squeeze } from "./documented";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const PAGE = path.resolve(__dirname, "../../docs/cli.md");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-docs-"));
});
afterEach(async () => {
  await stopServers();
  rmSync(folder, { recursive: true, force: true });
});

/** A cache and a queue with a log, three jobs that wait and a delayed one. */
async function topology(): Promise<StackOutputs> {
  const log = path.join(folder, "redis.log");
  const [cache, queue] = [
    await startServer("cache"),
    await startServer("queue", { directives: [["logfile", log]] }),
  ];
  const { host, port, username, password } = queue.endpoint;
  const mail = new Queue("mail", { connection: { host, port, username, password } });
  await mail.addBulk([1, 2, 3].map((number) => ({ name: "send", data: { number } })));
  await mail.add("send", {}, { delay: 3_600_000 });
  await mail.close();
  const plain = outputsOf({ cache: cache.endpoint, queue: queue.endpoint });
  const promised = plain.guarantees.queue;
  const outputs = {
    ...plain,
    guarantees: {
      ...plain.guarantees,
      queue: { ...promised, processCrash: { ...promised?.processCrash, proof: "a test of tests" } },
    },
    ways: { queue: { logs: ["tail", "-n", "100", "{args}", log] } },
  };
  return parseOutputs(JSON.stringify(outputs), "the test");
}

/** What follows `--` is another program's: the outputs are named before it. */
function execute(args: readonly string[], outputs: StackOutputs): Promise<CliRun> {
  const at = args.indexOf("--");
  if (at === -1) return runCli(args, outputs);
  const file = path.join(folder, "outputs.json");
  writeFileSync(file, JSON.stringify(outputs));
  return startCli([...args.slice(0, at), "--outputs", file, ...args.slice(at)]).done;
}

test("every example of docs/cli.md does what it shows", async () => {
  const outputs = await topology();
  const examples = examplesOf(PAGE);
  expect(examples).toHaveLength(8);
  for (const { args, shown } of examples) {
    const run = await execute(args, outputs);
    expect(run, args.join(" ")).toMatchObject({ code: 0 });
    expect(squeeze(run.stdout), args.join(" ")).toMatch(asShown(shown));
  }
});

test("docs/cli.md leads to every command, and explains every field of status", () => {
  const text = readFileSync(PAGE, "utf8");
  const commands = createProgram().commands.map((command) => command.name());
  expect(commands.filter((name) => !text.includes(`\`${name}`))).toEqual([]);
  const fields = namesIn(z.toJSONSchema(statusSchema));
  expect(fields).toContain("oldestWaitingMs");
  expect(fields.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

/** The names of all properties in a JSON schema. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "properties" ? [...Object.keys(value), ...Object.values(value).flatMap(namesIn)] : namesIn(value),
  );
}

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import { makeCertificate } from "./certificate";
import type { Server } from "./cli-helpers";
import { freePort, outputsOf, PASSWORD, runCli, startCli, startServer, stopServers } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FORWARD = path.join(__dirname, "forward.cjs");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-ways-"));
});
afterEach(async () => {
  await stopServers();
  rmSync(folder, { recursive: true, force: true });
});

function withWays(outputs: StackOutputs, ways: object): StackOutputs {
  return parseOutputs(JSON.stringify({ ...outputs, ways: { queue: ways } }), "the test");
}

/** The outputs of a queue at an address that does not answer, and a tunnel to it. */
async function behindTunnel({ endpoint }: Server): Promise<StackOutputs> {
  const away = { ...endpoint, host: endpoint.tls ? "redis.test" : "127.0.0.1", port: await freePort() };
  const far = [endpoint.host, String(endpoint.port)];
  const tunnel = [process.execPath, FORWARD, "{port}", ...far, path.join(folder, "pid")];
  return withWays(outputsOf({ queue: away }), { tunnel });
}

function tunnelIsGone(): boolean {
  return !existsSync(`/proc/${readFileSync(path.join(folder, "pid"), "utf8")}`);
}

/** Runs with outputs in a file, so that the program's own stdin is free. */
function outputsFile(outputs: StackOutputs): string[] {
  const file = path.join(folder, "outputs.json");
  writeFileSync(file, JSON.stringify(outputs));
  return ["--outputs", file];
}

test("shell sends a command with the password in the environment, and through the tunnel", async () => {
  const server = await startServer("queue");
  const direct = await runCli(
    ["shell", "queue", "CONFIG", "GET", "maxmemory-policy"],
    outputsOf({ queue: server.endpoint }),
  );
  expect(direct).toEqual({ code: 0, stdout: "maxmemory-policy\nnoeviction\n", stderr: "" });

  const outputs = await behindTunnel(server);
  const { code, stdout } = await runCli(["shell", "queue", "--raw", "PING"], outputs);
  expect([code, stdout]).toEqual([0, "PONG\n"]);
  expect(tunnelIsGone()).toBe(true);
});

test("shell reads its commands from stdin, and no argument of it holds the password", async () => {
  const { endpoint, admin } = await startServer("queue");
  const run = startCli(
    ["shell", "queue", ...outputsFile(outputsOf({ queue: endpoint }))],
    "CLIENT SETNAME asked\nBLPOP nothing 3\nPING\n",
  );
  while (!String(await admin.client("LIST")).includes("name=asked"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const commands = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : ""));
  const own = commands.filter(
    (command) => command.startsWith("redis-cli") && command.includes(String(endpoint.port)),
  );
  expect(own).toHaveLength(1);
  expect(own[0]).not.toContain(PASSWORD);
  expect((await run.done).stdout.trim().split("\n").at(-1)).toBe("PONG");
});

test("shell speaks TLS with a private authority, whose file is gone afterwards", async () => {
  const server = await startServer("queue", { tls: makeCertificate(folder, "redis.test") });
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("redis-topology-shell-"));
  const { code, stdout } = await runCli(["shell", "queue", "PING"], await behindTunnel(server));
  expect([code, stdout]).toEqual([0, "PONG\n"]);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("redis-topology-shell-"))).toEqual(before);
});

test("shell says what to run where when nothing answers", async () => {
  const { endpoint } = await startServer("queue");
  const dead = { ...endpoint, port: await freePort() };
  const outputs = withWays(outputsOf({ queue: dead }), { instead: "Run it in the VPC." });
  expect(await runCli(["shell", "queue", "PING"], outputs)).toEqual({
    code: 1,
    stdout: "",
    stderr: `redis-topology: 127.0.0.1:${dead.port} does not answer from here. Run it in the VPC.\n`,
  });
});

test("logs prints the log by its way, arguments passed on, secrets masked", async () => {
  const { endpoint } = await startServer("queue");
  const file = path.join(folder, "redis.log");
  writeFileSync(file, `one\ntwo\n${PASSWORD}\n`);
  const outputs = withWays(outputsOf({ queue: endpoint }), { logs: ["tail", "-n", "100", "{args}", file] });
  expect(await runCli(["logs", "queue"], outputs)).toEqual({
    code: 0,
    stdout: "one\ntwo\n***\n",
    stderr: "",
  });
  expect((await runCli(["logs", "queue", "-n", "2"], outputs)).stdout).toBe("two\n***\n");
  expect((await runCli(["logs", "queue", "--json", "-n", "1"], outputs)).stdout).toBe('{"line":"***"}\n');
  const failed = await runCli(["logs", "queue", "--no-such-option"], outputs);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("unrecognized option '--no-such-option'");
});

test("logs -f follows until Ctrl-C", async () => {
  const { endpoint } = await startServer("queue");
  const file = path.join(folder, "redis.log");
  writeFileSync(file, "one\n");
  const outputs = withWays(outputsOf({ queue: endpoint }), { logs: ["tail", "-n", "100", "{args}", file] });
  const { child, done } = startCli(["logs", "queue", "-f", ...outputsFile(outputs)]);
  child.stdout?.once("data", () => writeFileSync(file, "two\n", { flag: "a" }));
  child.stdout?.on("data", (text: string) => text.includes("two") && child.kill("SIGINT"));
  expect(await done).toEqual({ code: 130, stdout: "one\ntwo\n", stderr: "" });
});

test("logs without a way says what to do", async () => {
  const { endpoint } = await startServer("queue");
  const plain = outputsOf({ queue: endpoint });
  expect(await runCli(["logs", "queue"], plain)).toMatchObject({
    code: 2,
    stderr:
      "redis-topology: The outputs name no way to the queue's log. Bring the stack up with this version of the program (`npx pulumi up`).\n",
  });
  expect((await runCli(["logs", "queue"], withWays(plain, { instead: "Ask its provider." }))).stderr).toBe(
    "redis-topology: The outputs name no way to the queue's log. Ask its provider.\n",
  );
});

test("tunnel holds the port open and says where, until Ctrl-C", async () => {
  const server = await startServer("queue");
  const port = await freePort();
  const args = [
    "tunnel",
    "queue",
    "--json",
    "--port",
    String(port),
    ...outputsFile(await behindTunnel(server)),
  ];
  const { child, done } = startCli(args);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  const { username, password } = server.endpoint;
  const client = new Redis({ host: "127.0.0.1", port, username, password });
  expect(await client.ping()).toBe("PONG");
  client.disconnect();
  const taken = await startCli(args).done;
  expect(taken).toEqual({
    code: 2,
    stdout: "",
    stderr: `{"error":"Port ${port} of 127.0.0.1 is taken. Choose another with --port."}\n`,
  });
  child.kill("SIGINT");
  const run = await done;
  expect(JSON.parse(run.stdout)).toEqual({ role: "queue", host: "127.0.0.1", port });
  expect([run.code, run.stderr, tunnelIsGone()]).toEqual([130, "", true]);
});

test("tunnel that ends by itself is a failure", async () => {
  const server = await startServer("queue");
  const { child, done } = startCli(["tunnel", "queue", ...outputsFile(await behindTunnel(server))]);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  process.kill(Number(readFileSync(path.join(folder, "pid"), "utf8")));
  const { code, stderr } = await done;
  expect(code).toBe(1);
  expect(stderr.trim().split("\n").at(-1)).toMatch(
    /^redis-topology: The tunnel `.+` has ended: it ended with SIGTERM and said nothing$/,
  );
});

test("tunnel to what answers directly is none", async () => {
  const { endpoint } = await startServer("queue");
  expect(await runCli(["tunnel", "queue"], outputsOf({ queue: endpoint }))).toEqual({
    code: 0,
    stdout: `127.0.0.1:${endpoint.port}\n`,
    stderr: "redis-topology: the queue answers directly; no tunnel is needed\n",
  });
});

test("run gives a program the environment and keeps its exit code", async () => {
  const { endpoint } = await startServer("queue");
  const script = "console.log(process.env.REDIS_QUEUE_PASSWORD, process.env.HOME); process.exit(7)";
  const from = outputsFile(outputsOf({ queue: endpoint }));
  const run = await startCli(["run", ...from, "--", process.execPath, "-e", script]).done;
  expect(run).toEqual({ code: 7, stdout: `${PASSWORD} ${process.env.HOME}\n`, stderr: "" });
  expect(await startCli(["run", ...from, "--", "no-such-program"]).done).toEqual({
    code: 2,
    stdout: "",
    stderr: "redis-topology: no-such-program is not on PATH. Install it, or correct its name.\n",
  });
});

test("run hands only the roles that are asked for, and the address of a tunnel", async () => {
  const [server, cache] = [await startServer("queue"), await startServer("cache")];
  const script =
    "console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([name]) => /^REDIS_(?!TOPOLOGY_)/.test(name)))))";
  const variables = async (outputs: StackOutputs) => {
    const program = ["--", process.execPath, "-e", script];
    const { stdout } = await startCli(["run", "--role", "queue", ...outputsFile(outputs), ...program]).done;
    return JSON.parse(stdout);
  };
  const both = outputsOf({ queue: server.endpoint, cache: cache.endpoint });
  const env = await variables(both);
  expect(Object.keys(env).filter((name) => !name.startsWith("REDIS_QUEUE_"))).toEqual([]);
  const away = await behindTunnel(server);
  const moved = await variables(away);
  expect(moved.REDIS_QUEUE_HOST).toBe("127.0.0.1");
  expect(new URL(moved.REDIS_QUEUE_URL).port).toBe(moved.REDIS_QUEUE_PORT);
  expect(moved.REDIS_QUEUE_PORT).not.toBe(away.env.REDIS_QUEUE_PORT);
});

test("run passes a signal on and waits for the program's own end", async () => {
  const { endpoint } = await startServer("queue");
  const script =
    "process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)";
  const { child, done } = startCli([
    "run",
    ...outputsFile(outputsOf({ queue: endpoint })),
    "--",
    process.execPath,
    "-e",
    script,
  ]);
  child.stdout?.once("data", () => child.kill("SIGTERM"));
  expect(await done).toEqual({ code: 9, stdout: "up\n", stderr: "" });
  const sleeper = ["sh", "-c", "echo up; exec sleep 60"];
  const rude = startCli(["run", ...outputsFile(outputsOf({ queue: endpoint })), "--", ...sleeper]);
  rude.child.stdout?.once("data", () => rude.child.kill("SIGTERM"));
  expect((await rude.done).code).toBe(143);
});

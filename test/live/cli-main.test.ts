import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { urlPart } from "../../components/redis/quote";
import type { CliRun } from "./cli-helpers";
import { freePort, outputsOf, PASSWORD, runCli, startCli, startServer, stopServers } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-cli-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stopServers();
});

function expectNoSecret({ stdout, stderr }: CliRun): void {
  const output = stdout + stderr;
  expect(output).not.toContain(PASSWORD);
  expect(output).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
  expect(output).not.toContain(urlPart(PASSWORD));
}

test("verify prints a table and exits 0 when nothing fails", async () => {
  const cache = await startServer("cache", { acl: "-config" });
  const run = await runCli(["verify"], outputsOf({ cache: cache.endpoint }));
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const lines = run.stdout.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));
  expect(lines[1]?.slice(1, -1)).toEqual(["check", "role", "result", "found", "expected"]);
  expect(lines.find(([, check]) => check === "policy")?.slice(1, -1)).toEqual([
    "policy",
    "cache",
    "pass",
    "allkeys-lru",
    "allkeys-lru, allkeys-lfu, allkeys-random",
  ]);
  expect(lines.find(([, check]) => check === "RDB schedule")?.[3]).toBe(
    "skip: CONFIG GET save: NOPERM this user has no permissions to run the 'config|get' command; INFO does not show it",
  );
  expect(run.stdout.trimEnd().split("\n").at(-1)).toBe("14 checks: 13 passed, 0 failed, 1 skipped.");
  expectNoSecret(run);
});

test("verify exits 1 when a check fails", async () => {
  const cache = await startServer("cache", { directives: [["maxmemory", "0"]] });
  const run = await runCli(["verify"], outputsOf({ cache: cache.endpoint }));
  expect(run.code).toBe(1);
  expect(run.stdout.trimEnd().split("\n").at(-1)).toBe("14 checks: 13 passed, 1 failed.");
  expectNoSecret(run);
});

test("verify --json prints every result of the roles asked for", async () => {
  const [cache, queue] = await Promise.all([startServer("cache"), startServer("queue")]);
  const outputs = outputsOf({ cache: cache.endpoint, queue: queue.endpoint });
  const run = await runCli(["verify", "--json", "--role", "queue"], outputs);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const { ok, backend, checks } = JSON.parse(run.stdout);
  expect({ ok, backend }).toEqual({ ok: true, backend: "test" });
  expect(checks).toHaveLength(18);
  expect(checks.map(({ role, result }: { role: string; result: string }) => `${role} ${result}`)).toEqual(
    Array(18).fill("queue pass"),
  );
  expectNoSecret(run);
});

test("verify says in JSON that it failed, without the secret of a wrong password", async () => {
  const { endpoint } = await startServer("cache");
  const dead = { ...endpoint, port: await freePort() };
  const run = await runCli(["verify", "--json"], outputsOf({ cache: dead }));
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).ok).toBe(false);
  expectNoSecret(run);
});

test("verify connects to another address when told to", async () => {
  const { endpoint } = await startServer("queue");
  const outputs = outputsOf({ queue: { ...endpoint, host: "queue.invalid", port: 1 } });
  const run = await runCli(["verify", "--endpoint", `queue=127.0.0.1:${endpoint.port}`], outputs);
  expect(run).toMatchObject({ code: 0, stderr: "" });
});

test.each([
  ["Ctrl-C", "SIGINT", 130],
  ["a service manager's stop", "SIGTERM", 143],
  ["a closed terminal", "SIGHUP", 129],
] as const)("%s (%s) removes the trial queue and exits %d", async (_what, signal, code) => {
  const [queue, other] = await Promise.all([startServer("queue"), startServer("queue")]);
  const outputs = outputsOf({ queue: queue.endpoint });
  if (!outputs.bullmq) throw new Error("no bullmq");
  // No worker takes the job, so the command waits for it.
  outputs.bullmq.worker.port = other.endpoint.port;
  const { child, done } = startCli(["verify", "--outputs", "-"], JSON.stringify(outputs));
  await vi.waitFor(async () => expect(await queue.admin.keys("bull:*:wait")).toHaveLength(1), 20_000);
  // Nobody reads on: with the terminal gone, a write fails.
  if (signal === "SIGHUP") child.stderr?.destroy();
  child.kill(signal);
  const run = await done;
  expect(run.code).toBe(code);
  expect(run.stdout).toContain("interrupted");
  expect(await queue.admin.keys("*")).toEqual([]);
  expectNoSecret(run);
});

test.each<[what: string, args: string[], message: string]>([
  ["an unknown option", ["verify", "--quux"], "error: unknown option '--quux'\n"],
  ["an unknown command", ["verfy"], "error: unknown command 'verfy'\n(Did you mean verify?)\n"],
  [
    "an unknown role",
    ["verify", "--role", "pubsub"],
    "error: option '--role <role...>' argument 'pubsub' is invalid. Allowed choices are cache, queue.\n",
  ],
  [
    "a timeout of nothing",
    ["verify", "--timeout", "0"],
    "error: option '--timeout <seconds>' argument '0' is invalid. Allowed: seconds above 0, at most 2147483.\n",
  ],
  [
    "a stack and outputs at once",
    ["env", "-s", "local", "--outputs", "-"],
    "error: option '-s, --stack <name>' cannot be used with option '--outputs <file>'\n",
  ],
  [
    "an endpoint of no role",
    ["verify", "--endpoint", "127.0.0.1:1"],
    `error: option '--endpoint <role=host:port>' argument '127.0.0.1:1' is invalid. "127.0.0.1:1" is no endpoint. Allowed: ROLE=HOST:PORT with the role cache or queue and a port from 1 to 65535, such as \`queue=127.0.0.1:16380\` or \`cache=[::1]:16379\`.\n`,
  ],
  [
    "outputs that are not there",
    ["verify", "--outputs", "/nowhere"],
    "redis-topology: Cannot read the outputs (ENOENT: no such file or directory, open '/nowhere'). Name a readable file, or `-` for stdin.\n",
  ],
  [
    "outputs that are no JSON",
    ["verify", "--outputs", "-"],
    "redis-topology: The outputs of stdin are not JSON. Give what `pulumi stack output --json --show-secrets` prints.\n",
  ],
])("%s is refused with exit code 2", async (_what, args, stderr) => {
  const run = await startCli(args, "the password is hunter2").done;
  expect(run).toEqual({ code: 2, stdout: "", stderr });
});

test("env tells the roles apart by the names that the stack has given them", async () => {
  const endpoint = { port: 1, username: "u", password: "p", tls: false, url: "redis://u:p@h:1" };
  const outputs = outputsOf({
    cache: { ...endpoint, host: "c", envPrefix: "KV", prefix: undefined, caCertificate: undefined },
    queue: { ...endpoint, host: "q", envPrefix: "REDIS", prefix: undefined, caCertificate: undefined },
  });
  const names = async (...args: string[]) => [
    ...new Set((await runCli(["env", ...args], outputs)).stdout.match(/^\w+(?=_[A-Z]+=)/gm)),
  ];
  expect(await names()).toEqual(["KV", "REDIS"]);
  expect(await names("--role", "cache")).toEqual(["KV"]);
  expect(await names("--role", "queue")).toEqual(["REDIS"]);
});

test("env prints the environment; with a role only its own", async () => {
  const endpoint = (host: string) => ({ ...plain, host, url: `redis://default:pw@${host}:6379` });
  const plain = {
    port: 6379,
    username: "default",
    password: "pw",
    tls: false,
    prefix: undefined,
    caCertificate: undefined,
  };
  const outputs = outputsOf({ cache: endpoint("cache.test"), queue: endpoint("queue.test") });
  const cache = [
    "REDIS_HOST=cache.test",
    "REDIS_PORT=6379",
    "REDIS_PASSWORD=pw",
    "REDIS_URL=redis://default:pw@cache.test:6379",
    "REDIS_TLS=false",
    "",
  ].join("\n");
  const connection = cache.replaceAll("REDIS_", "REDIS_QUEUE_").replaceAll("cache.test", "queue.test");
  const queue = `${connection}REDIS_QUEUE_BULLMQ='${JSON.stringify(bullmqDefaults())}'\n`;
  expect(await runCli(["env"], outputs)).toEqual({ code: 0, stdout: cache + queue, stderr: "" });
  expect(await runCli(["env", "--role", "cache"], outputs)).toEqual({ code: 0, stdout: cache, stderr: "" });
  expect(await runCli(["env", "--role", "queue", "--export"], outputs)).toEqual({
    code: 0,
    stdout: queue.replace(/^(?=.)/gm, "export "),
    stderr: "",
  });
  expect(await runCli(["env", "--role", "queue"], outputsOf({ cache: endpoint("cache.test") }))).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "redis-topology: The outputs hold no queue; they hold: cache. Choose one of these, or add `queue: {}` to the stack file and bring the stack up.\n",
  });

  const file = path.join(folder, ".env");
  writeFileSync(file, "old");
  chmodSync(file, 0o644);
  expect(await runCli(["env", "--role", "cache", "--file", file], outputs)).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  expect(readFileSync(file, "utf8")).toBe(cache);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const link = path.join(folder, "link");
  symlinkSync(file, link);
  expect(await runCli(["env", "--file", link], outputs)).toEqual({
    code: 2,
    stdout: "",
    stderr: `redis-topology: ${link} is a symbolic link; secrets go only into a plain file. Name another one, or remove it.\n`,
  });
  expect(readFileSync(file, "utf8")).toBe(cache);
});

test.each([["env"], ["verify"]])("%s ends in silence when nobody reads its output", async (command) => {
  const { endpoint } = await startServer("cache");
  const { child, done } = startCli(
    [command, "--outputs", "-"],
    JSON.stringify(outputsOf({ cache: endpoint })),
  );
  child.stdout?.destroy();
  expect(await done).toEqual({ code: 0, stdout: "", stderr: "" });
});

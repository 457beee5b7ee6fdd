import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FailedError } from "../../cli/src/errors";
import type { StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import type { Reached } from "../../cli/src/reach";
import { reach } from "../../cli/src/reach";
import { makeCertificate } from "./certificate";
import type { Server } from "./cli-helpers";
import { freePort, outputsOf, PASSWORD, runCli, startServer, stopServers } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FORWARD = path.join(__dirname, "forward.cjs");
const { signal } = new AbortController();

let folder: string;
const reached: Reached[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-reach-"));
});
afterEach(async () => {
  await Promise.all(reached.splice(0).map((one) => one.close()));
  await stopServers();
  rmSync(folder, { recursive: true, force: true });
});

/** The outputs of a queue at an address that does not answer, with these ways. */
async function awayOutputs({ endpoint }: Server, ways: object): Promise<StackOutputs> {
  const away = { ...endpoint, host: endpoint.tls ? "redis.test" : "127.0.0.1", port: await freePort() };
  return parseOutputs(JSON.stringify({ ...outputsOf({ queue: away }), ways: { queue: ways } }), "the test");
}

function forwardTo({ endpoint }: Server): string[] {
  return [
    process.execPath,
    FORWARD,
    "{port}",
    endpoint.host,
    String(endpoint.port),
    path.join(folder, "pid"),
  ];
}

async function open(outputs: StackOutputs, said: string[] = []): Promise<Reached> {
  const one = await reach(outputs, "queue", signal, (text) => said.push(text));
  reached.push(one);
  return one;
}

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

test("a server that does not answer is reached through its tunnel, which is told and closed", async () => {
  const server = await startServer("queue");
  const said: string[] = [];
  const outputs = await awayOutputs(server, { tunnel: forwardTo(server) });
  const through = await open(outputs, said);
  const client = await through.connect();
  expect(await client.ping()).toBe("PONG");
  const { port } = through.endpoint;
  expect(through.bullmq?.producer).toMatchObject({ host: "127.0.0.1", port });
  const way = forwardTo(server).map((part) => part.replace("{port}", String(port)));
  expect(said).toEqual([
    `queue: 127.0.0.1:${outputs.queue?.port} does not answer from here; through a tunnel: ${way.join(" ")}`,
  ]);
  const pid = Number(readFileSync(path.join(folder, "pid"), "utf8"));
  expect(alive(pid)).toBe(true);
  await through.close();
  expect(alive(pid)).toBe(false);
  expect(await through.tunnelEnded).toBe("it ended with SIGTERM and said nothing");
});

test("a server that answers needs no tunnel, unless its address is one of another machine", async () => {
  const [server, other] = [await startServer("queue"), await startServer("queue")];
  const outputs = (ways: object) =>
    parseOutputs(JSON.stringify({ ...outputsOf({ queue: server.endpoint }), ways: { queue: ways } }), "test");
  const tunnel = forwardTo(other);
  expect((await open(outputs({ tunnel }))).endpoint.port).toBe(server.endpoint.port);
  const said: string[] = [];
  const through = await open(outputs({ tunnel, tunnelOnly: true }), said);
  expect(said[0]).toMatch(/^queue: 127\.0\.0\.1:\d+ is an address of another machine; through a tunnel: /);
  expect((await (await through.connect()).config("GET", "port")) as string[]).toEqual([
    "port",
    String(other.endpoint.port),
  ]);
});

test("a tunnel that does not open says its own words, and leaves nothing", async () => {
  const server = await startServer("queue");
  const tunnel = (script: string) => [process.execPath, "-e", script, "{port}"];
  const failure = async (way: string[]) =>
    reach(await awayOutputs(server, { tunnel: way }), "queue", signal).catch((error) => error);
  const refused = await failure(tunnel("console.error('Forbidden: pods/portforward'); process.exit(1)"));
  expect(refused).toBeInstanceOf(FailedError);
  expect(refused.message).toMatch(/^The tunnel `.+` did not open: Forbidden: pods\/portforward$/);
  expect((await failure(tunnel("process.exit(3)"))).message).toMatch(
    /did not open: it ended with code 3 and said nothing$/,
  );
  expect((await failure(["no-such-program", "{port}"])).message).toMatch(
    /^The tunnel `no-such-program \d+` did not open: no-such-program is not installed here$/,
  );
});

test("where there is no tunnel, what to run where stands beside the network's words; an answer is left as it is", async () => {
  const server = await startServer("queue");
  const away = await awayOutputs(server, { instead: "Run it in a container of the service." });
  await expect((await open(away)).connect()).rejects.toThrow(
    new FailedError(
      `connect ECONNREFUSED 127.0.0.1:${away.queue?.port}. Run it in a container of the service.`,
    ),
  );
  const wrong = { ...server.endpoint, password: `${PASSWORD}!` };
  const outputs = { ...away, ...outputsOf({ queue: wrong }), ways: away.ways };
  await expect((await open(outputs)).connect()).rejects.toThrow(/^WRONGPASS [^.]+\.?$/);
});

test("TLS through a tunnel is checked against the server's own name", async () => {
  const server = await startServer("queue", { tls: makeCertificate(folder, "redis.test") });
  const through = await open(await awayOutputs(server, { tunnel: forwardTo(server) }));
  expect(await (await through.connect()).ping()).toBe("PONG");
  const other = await startServer("queue", { tls: makeCertificate(folder, "other.test") });
  const wrong = await open(await awayOutputs(other, { tunnel: forwardTo(other) }));
  await expect(wrong.connect()).rejects.toThrow(
    /^Hostname\/IP does not match certificate's altnames: Host: redis\.test\./,
  );
});

test("verify goes through the tunnel, job included, and leaves none; where none opens it fails and says why", async () => {
  const server = await startServer("queue");
  const { code, stdout, stderr } = await runCli(
    ["verify"],
    await awayOutputs(server, { tunnel: forwardTo(server) }),
  );
  expect(stderr).toMatch(
    /^redis-topology: queue: 127\.0\.0\.1:\d+ does not answer from here; through a tunnel: .+\n$/,
  );
  expect([code, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "18 checks: 18 passed, 0 failed."]);
  expect(alive(Number(readFileSync(path.join(folder, "pid"), "utf8")))).toBe(false);

  const broken = await awayOutputs(server, {
    tunnel: ["no-such-program", "{port}"],
    instead: "Ask the platform team.",
  });
  const failed = await runCli(["verify", "--json"], broken);
  expect([failed.code, failed.stderr]).toEqual([1, ""]);
  expect(JSON.parse(failed.stdout).checks[0]).toMatchObject({
    check: "reachable",
    result: "fail",
    found: `connect ECONNREFUSED 127.0.0.1:${broken.queue?.port}. Ask the platform team.`,
  });
  expect((await runCli(["verify"], broken)).stderr).toMatch(
    /^redis-topology: The tunnel `no-such-program \d+` did not open: no-such-program is not installed here\n$/,
  );
});

test("env says the address that is given", async () => {
  const outputs = outputsOf({ queue: (await startServer("queue")).endpoint });
  const { stdout } = await runCli(["env", "--json", "--endpoint", "queue=jobs.test:7"], outputs);
  expect(JSON.parse(stdout)).toMatchObject({
    REDIS_QUEUE_HOST: "jobs.test",
    REDIS_QUEUE_PORT: "7",
    REDIS_QUEUE_PASSWORD: PASSWORD,
  });
});

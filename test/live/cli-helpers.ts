import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import type { CheckResult } from "../../cli/src/checks/check";
import type { Endpoint, StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import { CACHE_GUARANTEES } from "../../components/planning/guarantees";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { renderConfig } from "../../components/redis/config";
import { connectionUrl, environment, ioredisTls } from "../../components/redis/connection";
import type { RoleGuarantees } from "../../components/redis/guarantees";
import { kept, lost } from "../../components/redis/guarantees";
import type { Directive, Role } from "../../components/redis/roles";
import { roleDirectives } from "../../components/redis/roles";

/** The password of every server here; hard to quote on purpose. */
export const PASSWORD = `p@ss word"#$%é`;
const HOST = "127.0.0.1";
const MAX_MEMORY = 64 * 1024 * 1024;
const BIN = path.resolve(__dirname, "../../cli/bin/redis-topology.js");

/** A queue that promises what an AOF keeps. */
export const QUEUE_GUARANTEES: RoleGuarantees = {
  processCrash: kept("In the AOF."),
  redeploy: kept("In the AOF."),
  hostCrash: kept("In the AOF.", 2),
  hostLoss: lost("One disk."),
  zoneLoss: lost("One disk."),
  destroy: kept("The folder stays."),
};

/** A queue that promises nothing. */
export const LOSSY_GUARANTEES: RoleGuarantees = {
  ...QUEUE_GUARANTEES,
  processCrash: lost("No disk."),
};

/** PEM files of a server, and of the authority that signed them. */
export interface Certificate {
  key: string;
  cert: string;
  ca: string;
  caFile: string;
}

export interface ServerOptions {
  /** Added after those of the role; the later one wins. */
  directives?: readonly Directive[];
  /** ACL rules of the user `default`, after those that allow everything. */
  acl?: string;
  /** Whether the user `default` needs no password. */
  open?: boolean;
  tls?: Certificate;
  /** A folder with data to start from. Default a new one. */
  folder?: string;
}

/** A redis-server of the test's own. */
export interface Server {
  readonly endpoint: Endpoint;
  readonly process: ChildProcess;
  readonly folder: string;
  /** Logged in as the user `admin`, who may do anything. */
  readonly admin: Redis;
  /** Kills the server; the folder stays. */
  kill(): Promise<void>;
}

const running = new Set<Server>();

/** Starts a redis-server with the directives of a role on a free port. `stopServers` ends it. */
export async function startServer(role: Role, options: ServerOptions = {}): Promise<Server> {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), "redis-topology-cli-"));
  const port = await freePort();
  const secret = options.open ? "nopass" : hashed(PASSWORD);
  const acl = `user default on ${secret} ~* &* +@all ${options.acl ?? ""}\nuser admin on ${hashed("admin")} ~* &* +@all\n`;
  writeFileSync(path.join(folder, "users.acl"), acl);
  const policy = role === "cache" ? "allkeys-lru" : "noeviction";
  const directives: Directive[] = [
    ...(options.tls ? tlsDirectives(port, options.tls) : ([["port", String(port)]] as Directive[])),
    ["bind", HOST],
    ["dir", folder],
    ["aclfile", path.join(folder, "users.acl")],
    ...roleDirectives(role, MAX_MEMORY, policy),
    ...(options.directives ?? []),
  ];
  writeFileSync(path.join(folder, "redis.conf"), renderConfig(directives));
  const child = spawn("redis-server", [path.join(folder, "redis.conf")], { stdio: "ignore" });
  const tls = options.tls && { ca: options.tls.ca, checkServerIdentity: () => undefined };
  const admin = new Redis({
    host: HOST,
    port,
    username: "admin",
    password: "admin",
    tls,
    enableReadyCheck: false,
  });
  admin.on("error", () => undefined);
  const login = { host: HOST, port, username: "default", password: PASSWORD, tls: tls !== undefined };
  const server: Server = {
    endpoint: { ...login, url: connectionUrl(login), prefix: undefined, caCertificate: options.tls?.ca },
    process: child,
    folder,
    admin,
    kill: async () => {
      admin.disconnect();
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
  running.add(server);
  await admin.info();
  return server;
}

/** Ends every server that was started, and removes its folder. */
export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.kill()));
  for (const { folder } of running) rmSync(folder, { recursive: true, force: true });
  running.clear();
}

/** The outputs that a stack of these endpoints has. */
export function outputsOf(
  endpoints: { cache?: Endpoint; queue?: Endpoint },
  queueGuarantees: RoleGuarantees = QUEUE_GUARANTEES,
): StackOutputs {
  const { cache, queue } = endpoints;
  const outputs = {
    backend: "test",
    cache,
    queue,
    env: environment(cache, queue),
    bullmq: queue && bullmqOf(queue),
    guarantees: { ...(cache && { cache: CACHE_GUARANTEES }), ...(queue && { queue: queueGuarantees }) },
  };
  return parseOutputs(JSON.stringify(outputs), "the test");
}

/** What did not pass: check, result, and what was found or why it was skipped. */
export function troubles(results: readonly CheckResult[]): string[][] {
  return results
    .filter(({ result }) => result !== "pass")
    .map(({ check, result, found, why }) => [check, result, why ?? found]);
}

/** What a run of the command line came to. */
export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `redis-topology`; `stdin` is what it reads there. */
export function startCli(
  args: readonly string[],
  stdin = "",
): { child: ChildProcess; done: Promise<CliRun> } {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const read = (stream: NodeJS.ReadableStream) => {
    const chunks: string[] = [];
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
    return () => chunks.join("");
  };
  const stdout = read(child.stdout);
  const stderr = read(child.stderr);
  // A command that ends without reading closes the pipe.
  child.stdin.on("error", () => undefined).end(stdin);
  const done = once(child, "close").then(([code]) => ({ code, stdout: stdout(), stderr: stderr() }));
  return { child, done };
}

/** Runs `redis-topology` to its end, with these outputs on stdin. */
export function runCli(args: readonly string[], outputs: StackOutputs): Promise<CliRun> {
  return startCli([...args, "--outputs", "-"], JSON.stringify(outputs)).done;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function bullmqOf(queue: Endpoint) {
  const { host, port, username, password } = queue;
  const shared = { host, port, username, password, tls: ioredisTls(queue) };
  const { producer, worker, ...rest } = bullmqDefaults();
  return { producer: { ...shared, ...producer }, worker: { ...shared, ...worker }, ...rest };
}

function tlsDirectives(port: number, { key, cert, caFile }: Certificate): Directive[] {
  return [
    ["port", "0"],
    ["tls-port", String(port)],
    ["tls-key-file", key],
    ["tls-cert-file", cert],
    ["tls-ca-cert-file", caFile],
    ["tls-auth-clients", "no"],
  ];
}

function hashed(password: string): string {
  return `#${createHash("sha256").update(password, "utf8").digest("hex")}`;
}

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ExternalServerInputs } from "../../components/backends/external/externalServer";
import { provider } from "../../components/backends/external/provider";
import { redisServers, usableRedis } from "../../dev/redis";
import { missing } from "./require";
import { freePort, withRedis } from "./servers";

const PASSWORD = "s3cret p@ss";
const CONFIGS = {
  right: ["requirepass", PASSWORD, "maxmemory-policy", "noeviction", "appendonly", "yes"],
  evicting: ["requirepass", PASSWORD, "maxmemory-policy", "volatile-lru"],
  replica: ["requirepass", PASSWORD, "replicaof", "127.0.0.1 1"],
  rdb: ["requirepass", PASSWORD, "maxmemory-policy", "noeviction", "save", "3600 1"],
  cluster: ["requirepass", PASSWORD, "cluster-enabled", "yes"],
} as const;

describe.skipIf(missing("redis", "openssl"))("the check of an external server, against real ones", () => {
  const folder = mkdtempSync(join(tmpdir(), "redis-topology-external-"));
  const ports: Record<string, number> = {};
  const children: ReturnType<typeof spawn>[] = [];

  beforeAll(async () => {
    certificates(folder);
    for (const [name, directives] of Object.entries(CONFIGS)) {
      ports[name] = await freePort();
      await start(name, ["port", String(ports[name]), ...directives]);
    }
    ports.sentinel = await freePort();
    await start("sentinel", ["port", String(ports.sentinel), "requirepass", PASSWORD], ["--sentinel"]);
    ports.tls = await freePort();
    const file = (name: string) => join(folder, name);
    const tls = ["port", "0", "tls-port", String(ports.tls), "tls-auth-clients", "no"];
    const files = ["tls-cert-file", file("server.pem"), "tls-key-file", file("server.key")];
    await start("tls", [...tls, ...files, "tls-ca-cert-file", file("ca.pem"), "requirepass", PASSWORD]);
  });

  afterEach(() => vi.restoreAllMocks());

  afterAll(async () => {
    await Promise.all(children.map(stop));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a server of its own folder, and waits until it says that it is ready. */
  async function start(name: string, directives: readonly string[], flags: string[] = []): Promise<void> {
    const pairs = Array.from({ length: directives.length / 2 }, (_, i) => directives.slice(2 * i, 2 * i + 2));
    const config = join(folder, `${name}.conf`);
    const lines = pairs.map(([key, value]) =>
      key === "replicaof" ? `${key} ${value}` : `${key} "${value}"`,
    );
    const own = [
      `dir "${folder}"`,
      'bind "127.0.0.1"',
      `appenddirname "${name}"`,
      `cluster-config-file "${name}.nodes"`,
      `dbfilename "${name}.rdb"`,
      ...(directives.includes("save") ? [] : ['save ""']),
    ];
    writeFileSync(config, [...lines, ...own, ""].join("\n"), { mode: 0o600 });
    const child = spawn(usableRedis(redisServers())?.path ?? "", [config, ...flags]);
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      let log = "";
      child.stdout.on("data", (chunk) => {
        log += chunk;
        if (/Ready to accept connections|Sentinel ID is|Loading RDB/.test(log)) resolve();
      });
      child.once("exit", () => reject(new Error(`redis-server ended:\n${log}`)));
    });
  }

  const inputs = (name: string, over: Partial<ExternalServerInputs> = {}): ExternalServerInputs => ({
    role: "queue",
    host: "127.0.0.1",
    port: ports[name] ?? 0,
    username: "default",
    password: PASSWORD,
    tls: false,
    ...over,
  });
  const reasons = async (given: ExternalServerInputs) =>
    ((await provider.check(undefined, given)).failures ?? []).map(({ reason }) => reason);

  test("the right one passes, and what it says is kept", async () => {
    const { inputs: kept, failures } = await provider.check(undefined, inputs("right"));
    expect(failures).toEqual([]);
    expect(kept).toEqual({
      ...inputs("right"),
      observed: {
        server: expect.stringMatching(/^(redis|valkey) \d+\.\d+\.\d+$/),
        clusterMode: false,
        policy: "noeviction",
        persistence: "aof",
      },
    });
  });

  test("an evicting one fails a queue with what to change, and serves a cache", async () => {
    expect(await reasons(inputs("evicting"))).toEqual([
      'queueServer maxmemory-policy: "volatile-lru". Allowed: noeviction, since a queue that evicts loses jobs. Set the eviction policy (maxmemory-policy) to noeviction at the server\'s provider.',
    ]);
    expect(await reasons(inputs("evicting", { role: "cache" }))).toEqual([]);
  });

  test("a wrong password is refused, and not repeated; a missing one is asked for", async () => {
    expect(await reasons(inputs("right", { password: "wrong password" }))).toEqual([
      `queueServer: 127.0.0.1:${ports.right} refuses the user "default" with this password. Check both at the server's provider.`,
    ]);
    expect(await reasons(inputs("right", { password: "" }))).toEqual([
      `queueServer: 127.0.0.1:${ports.right} demands a password, and none is given. Set \`queueServer.password\` to the one that the server's provider shows.`,
    ]);
  });

  test("a replica is refused, for the queue and for the cache", async () => {
    const { replica } = ports;
    expect(await reasons(inputs("replica"))).toEqual([
      "queueServer: a read-only replica. Allowed: a primary, since a queue on anything else loses or refuses its jobs. Give the address of its primary (`master_host` in INFO, or the primary endpoint at the server's provider).",
    ]);
    expect(await reasons(inputs("replica", { role: "cache", port: replica }))).toHaveLength(1);
  });

  test("a Sentinel is refused, for the queue and for the cache", async () => {
    const fix =
      "Give the address of the primary that it watches (`SENTINEL get-master-addr-by-name`); its own port is usually 26379.";
    expect(await reasons(inputs("sentinel"))).toEqual([
      `queueServer: a sentinel. Allowed: a primary, since a queue on anything else loses or refuses its jobs. ${fix}`,
    ]);
    expect(await reasons(inputs("sentinel", { role: "cache" }))).toEqual([
      `cacheServer: a sentinel. Allowed: a primary, or a replica that takes writes. ${fix}`,
    ]);
  });

  test("scheduled RDB saves are seen before and after the first one, so that no later check differs", async () => {
    const observed = async () => (await provider.check(undefined, inputs("rdb"))).inputs.observed;
    const before = await observed();
    expect(before.persistence).toBe("rdb");
    await withRedis({ port: ports.rdb ?? 0, password: PASSWORD }, (redis) => redis.save());
    expect(await observed()).toEqual(before);
  });

  test("a server that is still loading its data is judged all the same, and said to be loading", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const given = inputs("right", { port: await freePort() });
    const directives = ["port", String(given.port), "requirepass", PASSWORD, "rdbcompression", "no"];
    await start("loading", directives);
    await withRedis(given, async (redis) => {
      for (let i = 0; i < 200; i += 1) await redis.set(`key${i}`, randomBytes(3000));
      await redis.save();
    });
    await stop(children.pop());
    // Microseconds for each key, which the server answers in between: 20 s, of which the check takes a few tenths.
    const slow = "--key-load-delay 100000 --loading-process-events-interval-bytes 1024";
    await start("loading", directives, slow.split(" "));
    expect(await reasons(given)).toEqual([]);
    expect(said.mock.calls.flat()).toEqual([
      `queue: 127.0.0.1:${given.port} is still loading its data, and refuses to read and write until then`,
    ]);
  });

  test("a private CA is needed where the certificate is from one, and suffices", async () => {
    const given = inputs("tls", { host: "localhost", tls: true });
    expect(await reasons({ ...given, caCertificate: readFileSync(join(folder, "ca.pem"), "utf8") })).toEqual(
      [],
    );
    expect(await reasons(given)).toEqual([
      expect.stringMatching(
        /^queueServer: localhost:\d+ cannot be used with TLS: .*(certificate|CERT).*\. Check host/,
      ),
    ]);
  });

  test("TLS against a plain port, and nobody at the port, are clear errors", async () => {
    expect(await reasons(inputs("right", { tls: true }))).toEqual([
      expect.stringContaining(`127.0.0.1:${ports.right} cannot be used with TLS: `),
    ]);
    const port = await freePort();
    expect(await reasons(inputs("right", { port }))).toEqual([
      `queueServer: 127.0.0.1:${port} cannot be used without TLS: connect ECONNREFUSED 127.0.0.1:${port}. Check host, port, TLS, certificate and firewall, or skip the check with \`checkAtDeploy: false\`.`,
    ]);
  });

  test("cluster mode is seen", async () => {
    const { inputs: kept } = await provider.check(undefined, inputs("cluster"));
    expect(kept.observed.clusterMode).toBe(true);
  });

  test("a preview names what has changed, and fails for nothing", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const given = inputs("evicting");
    const kept = (await provider.check(undefined, { ...given, preview: true })).inputs.observed;
    const before = { ...kept, policy: "noeviction", persistence: "aof" };
    said.mockClear();
    const seen = await provider.check({ ...given, observed: before }, { ...given, preview: true });
    expect(seen).toEqual({ inputs: { ...given, observed: kept } });
    expect(said.mock.calls.flat()).toEqual([
      'queue: maxmemory-policy of the server is "volatile-lru", at the last up it was "noeviction"',
      'queue: persistence of the server is "none", at the last up it was "aof"',
      `queue: \`pulumi up\` will refuse this: ${(await reasons(given))[0]}`,
    ]);
  });

  test("a preview that gets no answer, or knows no password yet, repeats what was seen and says so", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const observed = {
      server: "redis 7.0.15",
      clusterMode: false,
      policy: "noeviction",
      persistence: "aof",
    };
    const silent = inputs("right", { port: await freePort() });
    for (const given of [silent, inputs("right", { password: runtime.unknownValue })]) {
      const seen = await provider.check({ ...given, observed }, { ...given, preview: true });
      expect(seen).toEqual({ inputs: { ...given, observed } });
    }
    const repeats = "queue: this preview repeats what was last seen of the server:";
    expect(said.mock.calls.flat()).toEqual([
      `${repeats} queueServer: 127.0.0.1:${silent.port} cannot be used without TLS: connect ECONNREFUSED 127.0.0.1:${silent.port}. Check host, port, TLS, certificate and firewall, or skip the check with \`checkAtDeploy: false\`.`,
      `${repeats} the address is not known yet.`,
    ]);
  });
});

async function stop(child: ReturnType<typeof spawn> | undefined): Promise<void> {
  const ended = new Promise((resolve) => child?.once("exit", resolve));
  if (child?.kill("SIGKILL")) await ended;
}

/** A certificate authority of our own, and a certificate of it for localhost. */
function certificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const named = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA"];
  openssl("req", "-x509", ...key, ...named, "-days", "2");
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "san.txt"), "subjectAltName=DNS:localhost\n");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem"];
  openssl("x509", "-req", "-in", "server.csr", ...signed, "-days", "2", "-extfile", "san.txt");
}

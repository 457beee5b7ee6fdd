import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StackOutputs } from "../../cli/src/outputs";
import { parseOutputs } from "../../cli/src/outputs";
import { processWays } from "../../components/backends/process/ways";
import { renderConfig } from "../../components/redis/config";
import { connectionUrl } from "../../components/redis/connection";
import { roleDirectives } from "../../components/redis/roles";
import { freePort, LOSSY_GUARANTEES, outputsOf, PASSWORD, QUEUE_GUARANTEES, runCli } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A queue's server as the process backend leaves one: in the background, with its files in a folder. */
let folder: string;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-restart-"));
  port = await freePort();
  const inside = (name: string) => path.join(folder, "queue", name);
  mkdirSync(inside("data"), { recursive: true });
  writeFileSync(
    inside("redis.conf"),
    renderConfig([
      ...roleDirectives("queue", 64 * 1024 * 1024, "noeviction"),
      ["bind", "127.0.0.1"],
      ["port", String(port)],
      ["requirepass", PASSWORD],
      ["daemonize", "yes"],
      ["dir", inside("data")],
      ["logfile", inside("redis.log")],
      ["pidfile", inside("redis.pid")],
    ]),
  );
  execFileSync("redis-server", [inside("redis.conf")]);
});
afterEach(() => {
  const pid = path.join(folder, "queue", "redis.pid");
  if (existsSync(pid)) process.kill(Number(readFileSync(pid, "utf8")), "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const server = () => ({ owner: "p/s/redis", role: "queue", directory: path.join(folder, "queue") });

function outputs(ways: object, guarantees = QUEUE_GUARANTEES): StackOutputs {
  const login = { host: "127.0.0.1", port, username: "default", password: PASSWORD, tls: false };
  const plain = outputsOf({ queue: { ...login, url: connectionUrl(login) } }, guarantees);
  return parseOutputs(JSON.stringify({ ...plain, ways: { queue: ways } }), "the test");
}

async function verify(given: StackOutputs, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(["verify", "--json", "--restart", ...args], given);
  return { code, stderr, check: stdout === "" ? undefined : JSON.parse(stdout).checks.at(-1) };
}

/** Which run of the server this is, and the keys in it. */
async function look(): Promise<{ run: string; keys: string[] }> {
  const client = new Redis({ port, password: PASSWORD });
  client.on("error", () => undefined);
  const [info, keys] = [await client.info("server"), await client.keys("*")];
  client.disconnect();
  return { run: /run_id:(\w+)/.exec(info)?.[1] ?? "", keys };
}

test("a key and a job survive a restart by the process backend's way, and nothing of them is left", async () => {
  const { queue = {} } = processWays([server()]);
  const before = await look();
  const { code, check } = await verify(outputs(queue), "--yes");
  expect(check).toEqual({
    role: "queue",
    check: "restart",
    result: "pass",
    found: expect.stringMatching(/^a key and a job survive; it was back after \d+\.\d s$/),
    expected: "a key and a job survive",
  });
  const after = await look();
  expect([code, after.keys, after.run === before.run]).toEqual([0, [], false]);
});

test("what a restart loses is named", async () => {
  const { queue = {} } = processWays([server()]);
  // The server comes back with an empty folder.
  const [program, option, script = "", ...files] = queue.restart ?? [];
  const forgetful = script.replace(
    '&& exec "',
    `&& rm -r ${folder}/queue/data && mkdir ${folder}/queue/data && exec "`,
  );
  expect(forgetful).not.toBe(script);
  const { code, check } = await verify(outputs({ restart: [program, option, forgetful, ...files] }), "--yes");
  expect([code, check.result, check.found]).toEqual([1, "fail", "the key and the job did not survive"]);
});

test("a way that fails says its own words, and the server is left as it was", async () => {
  const before = await look();
  const { code, check } = await verify(
    outputs({ restart: ["sh", "-c", "echo Forbidden >&2; exit 1"] }),
    "--yes",
  );
  expect([code, check.result, check.found]).toEqual([1, "fail", "`sh …` could not restart it: Forbidden"]);
  expect(await look()).toEqual({ ...before, keys: [] });
});

test("nothing is restarted without a word, or where nothing is promised, or without a way", async () => {
  const ways = { restart: ["sh", "-c", "exit 1"] };
  expect(await verify(outputs(ways))).toEqual({
    code: 2,
    stderr:
      '{"error":"This would restart the queue\'s server. Nobody is there to ask: add --yes to do it, or --dry-run to look first."}\n',
    check: undefined,
  });
  const why = async (given: StackOutputs, option: string) => (await verify(given, option)).check.why;
  expect(await why(outputs(ways), "--dry-run")).toBe("--dry-run; it would be restarted by `sh -c exit 1`");
  expect(await why(outputs(ways, LOSSY_GUARANTEES), "--yes")).toBe(
    "the guarantees promise nothing of the kind",
  );
  expect(await why(outputs({ instead: "Ask its provider." }), "--yes")).toBe(
    "there is no way to restart it from here. Ask its provider.",
  );
});

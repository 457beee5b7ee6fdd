import { stat } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { renderConfig } from "../../../redis/config";
import type { RedisServerInputs } from "../redisServer";
import { type Binary, findBinary } from "./binary";
import { info, withClient } from "./client";
import { run } from "./environment";
import { entries, logTail, serverDirectives, serverPaths, writeFiles } from "./files";
import { portHolder } from "./identity";
import { isInUse } from "./processes";

/** How long a started server may stay silent. Loading an AOF is not silence: it answers LOADING meanwhile. */
const SILENCE_MS = 30_000;
const POLL_MS = 50;

/** Writes the files, starts the server and waits until it answers. Returns engine and version, as it says itself. */
export async function start(inputs: RedisServerInputs, passwords: readonly string[]): Promise<string> {
  const [password = ""] = passwords;
  const paths = serverPaths(inputs.directory);
  const binary = await findBinary(inputs.engine, inputs.version);
  await refuseTakenPort(inputs);
  await writeFiles(inputs, passwords);
  const restored = inputs.persists && (await holdsSnapshotOnly(paths.data));
  const logStart = (await stat(paths.log).catch(() => undefined))?.size ?? 0;
  const overrides = restored ? ["--appendonly", "no"] : [];
  await run(binary.command, [paths.config, ...overrides]).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw rejected(inputs, binary, `${error.stdout ?? ""}${error.stderr ?? ""}`);
    },
  );
  const server = await untilReady({ ...inputs, password }, () => logTail(paths.log, logStart));
  if (restored) await beginAof({ ...inputs, password });
  return server;
}

/**
 * Whether a folder holds a snapshot that somebody put there, and no AOF. With `appendonly yes` Redis would start
 * empty beside it and overwrite it with its next save, so it is loaded first and the AOF begun from it.
 */
async function holdsSnapshotOnly(data: string): Promise<boolean> {
  const names = await entries(data);
  return names.includes("dump.rdb") && !names.some((name) => name.startsWith("appendonly"));
}

async function beginAof(server: RedisServerInputs & { password: string }): Promise<void> {
  console.error(`${server.role}: found dump.rdb without an AOF; its data is loaded, and an AOF begun`);
  await withClient(server, async (client) => {
    await client.config("SET", "appendonly", "yes");
    for (;;) {
      const state = await info(client, "persistence");
      const busy = ["aof_rewrite_in_progress", "aof_rewrite_scheduled"].some((key) => state.get(key) !== "0");
      if (!busy && state.get("aof_last_bgrewrite_status") === "ok") return;
      if (!busy) throw new Error(`${server.role}: the AOF cannot be begun; look into the server's log.`);
      await sleep(POLL_MS);
    }
  });
}

/**
 * Lets the server program read a configuration without touching the running server, so that one it rejects is
 * known before anything is stopped. Throws with Redis' own line.
 */
export async function rehearse(inputs: RedisServerInputs): Promise<void> {
  const binary = await findBinary(inputs.engine, inputs.version);
  // Redis opens both while it reads, and a new folder is not there yet.
  const lines = serverDirectives(inputs).filter(([name]) => name !== "dir" && name !== "logfile");
  // Read last and unknown to every version: the server ends here, after it has accepted every line before.
  const config = renderConfig([...lines, ["rehearsal-ends-here"]]);
  const child = run(binary.command, ["-"]);
  child.child.stdin?.end(config);
  const output = await child.then(
    () => "",
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
  );
  if (!output.includes("rehearsal-ends-here")) throw rejected(inputs, binary, output);
}

/** Throws, naming who holds it, when something listens on the port already. */
export async function refuseTakenPort({ role, host, port }: RedisServerInputs): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  if (!taken) return;
  const holder = (await portHolder(host, port)) ?? "another process, which this user may not see";
  throw new Error(
    `${role}: port ${port} of ${host} is taken by ${holder}. ` +
      `Stop it, or choose another port with \`${role}.port\`.`,
  );
}

async function untilReady(
  server: RedisServerInputs & { password: string },
  tail: () => Promise<string>,
): Promise<string> {
  const paths = serverPaths(server.directory);
  let lastAnswer = Date.now();
  let announced = false;
  for (;;) {
    const answer = await withClient(server, (client) => info(client, "server")).catch(
      (error: Error) => error,
    );
    if (!(answer instanceof Error)) {
      const ready = await withClient(server, (client) => client.ping()).catch(
        (error: Error) => error.message,
      );
      if (ready === "PONG") return engineOf(answer);
      if (ready.startsWith("LOADING") && !announced) {
        console.error(`${server.role}: loading its data from disk`);
        announced = true;
      }
      lastAnswer = Date.now();
    }
    const silent = Date.now() - lastAnswer;
    const gone = silent > 2000 && !(await isInUse(paths.data));
    if (gone || silent > SILENCE_MS) {
      throw new Error(
        `${server.role}: the server ${gone ? "ended right after its start" : "does not answer"} ` +
          `on ${server.host}:${server.port}. Its log (${paths.log}) ends with:\n${await tail()}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function engineOf(server: Map<string, string>): string {
  const valkey = server.get("valkey_version");
  return valkey === undefined ? `redis ${server.get("redis_version")}` : `valkey ${valkey}`;
}

function rejected(inputs: RedisServerInputs, binary: Binary, output: string): Error {
  const lines = output
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("# Configuration loaded"));
  return new Error(
    `${inputs.role}: ${binary.command} ${binary.version} rejects its configuration:\n${lines.join("\n")}\n` +
      `Correct \`${inputs.role}.config\`.`,
  );
}

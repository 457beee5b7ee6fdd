import { rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { renderConfig } from "../../../redis/config";
import { serverName } from "../../../redis/info";
import type { RedisServerInputs } from "../redisServer";
import type { Binary } from "./binary";
import { findBinary } from "./binary";
import { info, withClient } from "./client";
import { serverDirectives, writeFiles } from "./configuration";
import { beginAof, judgeData, refuseEmpty } from "./data";
import { run } from "./environment";
import { applyExporter } from "./exporter";
import { logTail, serverPaths } from "./files";
import { portHolder } from "./identity";
import { isInUse } from "./processes";
import { enableUnit, removeUnits, startUnit, stopUnits, unitReport, writeUnit } from "./supervise";

/** How long a started server may stay silent. Loading an AOF is not silence: it answers LOADING meanwhile. */
const SILENCE_MS = 30_000;
const POLL_MS = 50;

/**
 * Writes the files, starts the server and waits until it answers. Returns engine and version, as it says itself.
 * `known`: the state knows this server, so that a queue without data has lost it.
 */
export async function start(
  inputs: RedisServerInputs,
  passwords: readonly string[],
  known = false,
): Promise<string> {
  const [password = ""] = passwords;
  const paths = serverPaths(inputs.directory);
  const binary = await findBinary(inputs.engine, inputs.version);
  const source = inputs.persists ? await judgeData(inputs, binary) : undefined;
  if (source === "nothing") await refuseEmpty(inputs, known);
  await refuseTakenPort(inputs);
  await writeFiles(inputs, passwords);
  if (source === "snapshot") await beginAof(inputs.role, paths.data, binary);
  const logStart = (await stat(paths.log).catch(() => undefined))?.size ?? 0;
  await removeUnits(inputs, inputs.supervise);
  await (inputs.supervise === undefined ? launch : launchUnit)(inputs, binary);
  const server = await untilReady({ ...inputs, password }, () => logTail(paths.log, logStart)).catch(
    async (error: Error) => {
      // systemd would start it again and again.
      await stopUnits(inputs, passwords);
      throw error;
    },
  );
  await enableUnit(inputs);
  await applyExporter(inputs, password);
  await rm(paths.startEmpty, { force: true });
  return server;
}

async function launch(inputs: RedisServerInputs, binary: Binary): Promise<void> {
  const { config } = serverPaths(inputs.directory);
  await run(binary.command, [config]).catch((error: { stdout?: string; stderr?: string }) => {
    throw rejected(inputs, binary, `${error.stdout ?? ""}${error.stderr ?? ""}`);
  });
}

/** What a rejected configuration says would go to the journal, and systemd would try for ever. */
async function launchUnit(inputs: RedisServerInputs, binary: Binary): Promise<void> {
  await rehearse(inputs);
  await writeUnit(inputs, binary);
  await startUnit(inputs);
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
      if (ready === "PONG") return serverName(answer);
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
          `on ${server.host}:${server.port}. Its log (${paths.log}) ends with:\n${await tail()}${await unitReport(server)}`,
      );
    }
    await sleep(POLL_MS);
  }
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

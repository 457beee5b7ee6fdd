import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Command } from "commander";
import type { Role } from "redis-topology/redis";
import { startChild } from "../child";
import { FailedError, UserError } from "../errors";
import type { Endpoint } from "../outputs";
import { findProgram } from "../programs";
import type { Reached } from "../reach";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { listens } from "../tunnel";
import { roleArgument } from "./roleArgument";

const PROGRAMS = ["redis-cli", "valkey-cli"] as const;
const ANSWER_MS = 3000;

/** Adds `shell`: redis-cli or valkey-cli on a role's server, logged in. */
export function addShell(program: Command): void {
  const command = program
    .command("shell")
    .description("start redis-cli (or valkey-cli) on a role's server, logged in; or send it one command")
    .addArgument(roleArgument())
    .argument("[args...]", "a command such as INFO memory, or options of redis-cli")
    .allowUnknownOption();
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology shell queue -s local INFO memory");
  command.action((role: Role, args: string[], options: RunOptions) =>
    runCommand({ ...options, role: [role] }, async (run) => {
      const program = await findProgram(PROGRAMS);
      if (program === undefined) {
        throw new UserError(
          "Neither redis-cli nor valkey-cli is on PATH. Install one (Debian and Ubuntu: apt-get install redis-tools; macOS: brew install redis).",
        );
      }
      const reached = await answering(run, role);
      run.releaseSignals();
      const login = [...(await loginArgs(run, reached)), ...(run.json ? ["--json"] : [])];
      const { username, password } = reached.endpoint;
      const child = await startChild(
        [program, ...(password === "" ? login : ["--user", username, ...login]), ...args],
        // Where other users of this machine do not see it, unlike in an argument.
        { stdio: "inherit", env: { ...process.env, REDISCLI_AUTH: password, VALKEYCLI_AUTH: password } },
        run.signal,
      );
      return await child.code;
    }),
  );
}

/** The server, which must answer: redis-cli itself would only say that it could not connect. */
async function answering(run: Run, role: Role): Promise<Reached> {
  const reached = await run.reach(role);
  const { host, port } = reached.endpoint;
  if (await listens(host, port, ANSWER_MS)) return reached;
  const { instead } = run.outputs.ways?.[role] ?? {};
  throw new FailedError([`${host}:${port} does not answer from here.`, instead].filter(Boolean).join(" "));
}

async function loginArgs(run: Run, { endpoint, tunnel }: Reached): Promise<string[]> {
  return [
    ...["-h", endpoint.host, "-p", String(endpoint.port)],
    // Other nodes of a cluster lie beyond a tunnel's end.
    ...(tunnel === undefined ? ["-c"] : []),
    ...(endpoint.tls ? await tlsArgs(run, endpoint) : []),
  ];
}

async function tlsArgs(run: Run, { caCertificate, servername }: Endpoint): Promise<string[]> {
  const name = servername === undefined ? [] : ["--sni", servername];
  if (caCertificate === undefined) return ["--tls", ...name];
  const folder = await mkdtemp(path.join(tmpdir(), "redis-topology-shell-"));
  run.atEnd(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "ca.pem");
  await writeFile(file, caCertificate, { mode: 0o600 });
  return ["--tls", "--cacert", file, ...name];
}

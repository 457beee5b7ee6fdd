import { connect } from "node:net";
import type { Problem } from "../../redis/problems";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import type { EngineAddress } from "./address";
import { isRemote, parseAddress } from "./address";
import type { DockerTopologyArgs } from "./args";

/** Milliseconds that an engine gets to take a connection; a preview should not hang on a machine that is gone. */
const PATIENCE = 5000;

/** What the environment says about the engine, in Docker's own variables. */
export interface DockerEnvironment {
  readonly DOCKER_HOST?: string;
  readonly DOCKER_CONTEXT?: string;
}

/** What there is to find out about the engine before anything is declared: nothing, a problem, or whether it answers. */
export type Check =
  | { readonly problem: Problem }
  | { readonly try: EngineAddress; readonly named: Sentence }
  | undefined;

/** Decides from args and environment. Pure. `ssh` and contexts are left to the provider, who knows how to log in. */
export function engineCheck(
  { host }: Pick<DockerTopologyArgs, "host">,
  environment: DockerEnvironment,
  platform: NodeJS.Platform,
): Check {
  if (host === undefined && environment.DOCKER_CONTEXT) return undefined;
  const written = host ?? (environment.DOCKER_HOST || localEngine(platform));
  // An address may hold what a mistake has put there; only the one that nobody wrote is told.
  const source = host === undefined ? environment.DOCKER_HOST && "DOCKER_HOST" : key("host");
  const named = source ? say`the engine that ${source} names` : `the engine at ${written}`;
  const address = parseAddress(written);
  if (host === undefined && address && isRemote(address)) {
    return {
      problem: {
        key: "host",
        was: "missing, and DOCKER_HOST names a remote engine",
        allowed: "the address of a remote engine, so that ports and endpoints are those of its machine",
        fix: say`Set ${key("host")} to what DOCKER_HOST holds, or unset DOCKER_HOST.`,
      },
    };
  }
  return address === undefined || address.scheme === "ssh" ? undefined : { try: address, named };
}

/** The problem with an engine that did not take a connection. Pure. */
export function unreachable(named: Sentence, code: string): Problem {
  const start =
    code === "EACCES"
      ? "Let your user use it (`sudo usermod -aG docker $USER`, then log in again)"
      : "Start it (`sudo systemctl start docker`, or Docker Desktop)";
  return {
    key: "host",
    was: say`${named} does not answer (${code})`,
    allowed: "a running Docker engine",
    fix: `${start}, name another one, or work without Docker: \`pulumi stack select local\`.`,
  };
}

/** Asks the engine for a connection, and reports what is wrong with it. */
export async function engineProblems(args: DockerTopologyArgs): Promise<Problem[]> {
  const check = engineCheck(args, process.env, process.platform);
  if (check === undefined) return [];
  if ("problem" in check) return [check.problem];
  const code = await refusal(check.try);
  return code === undefined ? [] : [unreachable(check.named, code)];
}

/** The provider's own default (terraform-provider-docker, provider.go). */
function localEngine(platform: NodeJS.Platform): string {
  return platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";
}

/** The error code of a connection attempt; undefined when it succeeds. */
function refusal({ path, machine, port }: EngineAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = path === undefined ? connect({ host: machine, port: port ?? 0 }) : connect({ path });
    const end = (code: string | undefined) => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(PATIENCE, () => end("ETIMEDOUT"));
    socket.once("connect", () => end(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? "no answer"));
  });
}

import { isLoopback } from "../../redis/address";

/** Where an engine is, read from a `DOCKER_HOST`-like address. */
export interface EngineAddress {
  readonly scheme: EngineScheme;
  /** Path of a socket or pipe; undefined for `tcp` and `ssh`. */
  readonly path?: string;
  /** Machine of a `tcp` or `ssh` address, without brackets. */
  readonly machine?: string;
  /** Port of a `tcp` address. */
  readonly port?: number;
}

export type EngineScheme = "unix" | "npipe" | "tcp" | "ssh";

export const ADDRESS_FORMS =
  "`unix:///path/to/docker.sock`, `npipe:////./pipe/docker_engine`, `ssh://user@machine` or `tcp://machine:2376`";

/** Port of an engine that speaks TLS (Docker documentation, "Protect the Docker daemon socket"). */
const DEFAULT_TCP_PORT = 2376;

/** Reads an engine's address; undefined when it is none. */
export function parseAddress(text: string): EngineAddress | undefined {
  const local = /^(unix|npipe):\/\/(\/.+)$/.exec(text);
  if (local) return { scheme: local[1] as EngineScheme, path: local[2] };
  if (!/^(tcp|ssh):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.hostname === "") return undefined;
  const machine = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return text.startsWith("ssh:")
    ? { scheme: "ssh", machine }
    : { scheme: "tcp", machine, port: url.port === "" ? DEFAULT_TCP_PORT : Number(url.port) };
}

/** Whether an engine's published loopback ports are out of this machine's reach. */
export function isRemote({ machine }: EngineAddress): boolean {
  return machine !== undefined && !isLoopback(machine);
}

/**
 * How clients reach ports that are published at `bind`: at that address; for "every address" at the machine's
 * name, or at loopback when the engine is on this machine.
 */
export function endpointHost(bind: string, engine: EngineAddress | undefined): string {
  if (bind !== "0.0.0.0" && bind !== "::") return bind;
  if (engine?.machine !== undefined && isRemote(engine)) return engine.machine;
  return bind === "::" ? "::1" : "127.0.0.1";
}

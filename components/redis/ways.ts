/**
 * How an operator gets at one role's server from where they sit. A command is a program and its arguments, run
 * without a shell; it holds no secret and asks nothing.
 */
export interface RoleWays {
  /** Leads from port `{port}` of this machine's 127.0.0.1 to the server, for as long as it runs. `{host}`: the endpoint's host. */
  readonly tunnel?: readonly string[];
  /** True where the endpoint's host is the loopback of another machine: without the tunnel somebody else would answer. */
  readonly tunnelOnly?: boolean;
  /** As `tunnel`, to the exporter beside the server, whose metrics are at `/metrics`; absent where there is none. */
  readonly exporter?: readonly string[];
  /** Prints the end of the server's log. `{args}`: further arguments, such as `-f`. */
  readonly logs?: readonly string[];
  /** Stops the server and has it started again; may end before it answers. */
  readonly restart?: readonly string[];
  /** Where a command is missing: what to run where, in whole sentences. */
  readonly instead?: string;
}

/** The ways of a topology; a role that is absent has none. */
export interface Ways {
  readonly cache?: RoleWays;
  readonly queue?: RoleWays;
}

/** What stands for a placeholder. */
export interface WayValues {
  readonly port?: number;
  readonly host?: string;
  readonly args?: readonly string[];
}

/** A way's command with everything filled in. */
export function wayCommand(way: readonly string[], values: WayValues): string[] {
  return way.flatMap((part) =>
    part === "{args}"
      ? [...(values.args ?? [])]
      : [part.replace(/\{(port|host)\}/g, (_, name: "port" | "host") => String(values[name]))],
  );
}

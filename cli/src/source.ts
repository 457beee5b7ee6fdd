import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { ROLES, Role } from "redis-topology/redis";
import type { EndpointOverride } from "./endpointOverride";
import { applyOverrides, parseOverride } from "./endpointOverride";
import { messageOf, UserError } from "./errors";
import type { StackOutputs } from "./outputs";
import { parseOutputs } from "./outputs";
import { stackOutputs } from "./stackOutputs";
import { urlOutputs } from "./urlOutputs";

/** Where a command takes the topology from, as commander parses it. */
export interface SourceOptions {
  stack?: string;
  outputs?: string;
  url?: string;
  endpoint?: EndpointOverride[];
  role?: Role[];
}

/** Adds the options that say which topology a command is about; `readSource` reads them. */
export function addSourceOptions(command: Command): Command {
  return command
    .addOption(
      new Option("-s, --stack <name>", "the stack; default the selected one").conflicts(["outputs", "url"]),
    )
    .addOption(
      new Option(
        "--url <url>",
        "one Redis without a stack, as the queue unless `--role cache`; its password in REDISCLI_AUTH, where no other user sees it",
      ).conflicts("outputs"),
    )
    .option(
      "--outputs <file>",
      "read the outputs from a file instead, or from stdin (`-`), as `pulumi stack output --json --show-secrets` prints them",
    )
    .addOption(new Option("--role <role...>", "only these roles; default all").choices(ROLES));
}

/** Adds `--endpoint`, for commands that connect. */
export function addEndpointOption(command: Command): Command {
  return command.option(
    "--endpoint <role=host:port>",
    "connect to another address, such as a port-forward; repeatable",
    (value: string, previous: EndpointOverride[] = []) => [...previous, readOverride(value)],
  );
}

/** The outputs that the options ask for, addresses overridden. Throws UserError. */
export async function readSource(options: SourceOptions): Promise<StackOutputs> {
  return applyOverrides(await givenOutputs(options), options.endpoint ?? []);
}

/** The options that name the same topology again; a URL, in which a password may stand, only as a place for it. */
export function sourceFlags({ stack, outputs, url, endpoint = [] }: SourceOptions): string[] {
  return [
    ...(stack === undefined ? [] : ["-s", stack]),
    ...(outputs === undefined ? [] : ["--outputs", outputs]),
    ...(url === undefined ? [] : ["--url URL"]),
    ...endpoint.flatMap(({ role, host, port }) => ["--endpoint", `${role}=${host}:${port}`]),
  ];
}

function givenOutputs({ stack, outputs, url, role }: SourceOptions): StackOutputs | Promise<StackOutputs> {
  if (url !== undefined) return urlOutputs(url, role?.[0] ?? Role.Queue);
  return outputs === undefined ? stackOutputs(stack) : fileOutputs(outputs);
}

async function fileOutputs(file: string): Promise<StackOutputs> {
  if (file === "-") return parseOutputs(await text(process.stdin), "stdin");
  try {
    return parseOutputs(await readFile(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `Cannot read the outputs (${messageOf(error)}). Name a readable file, or \`-\` for stdin.`,
    );
  }
}

function readOverride(value: string): EndpointOverride {
  try {
    return parseOverride(value);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

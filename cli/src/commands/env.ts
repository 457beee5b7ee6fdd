import type { Command } from "commander";
import type { Role } from "redis-topology/redis";
import { environment, ROLES } from "redis-topology/redis";
import { formatDotenv } from "../dotenv";
import type { StackOutputs } from "../outputs";
import { chooseRoles } from "../outputs";
import { writePrivateFile } from "../privateFile";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";

interface Options extends RunOptions {
  file?: string;
  export?: boolean;
}

/** Adds `env`: the environment of an application as a dotenv file. */
export function addEnv(program: Command): void {
  const command = program
    .command("env")
    .description(
      "print the environment of an application, passwords included, as dotenv, `node --env-file` and sh read it",
    )
    .option("--file <path>", "write it to a file that only you may read (mode 0600) instead")
    .option("--export", "print `export NAME=value` lines");
  addRunOptions(command).action((options: Options) =>
    runCommand(options, async ({ outputs, json }) => {
      const variables = variablesOf(outputs, chooseRoles(outputs, options.role));
      const text = json
        ? `${JSON.stringify(variables, undefined, 2)}\n`
        : formatDotenv(variables, options.export);
      // As it is: who asks for the environment asks for the passwords.
      if (options.file === undefined) process.stdout.write(text);
      else await writePrivateFile(options.file, text);
      return 0;
    }),
  );
}

/** The variables of these roles: all but those that belong to another role. */
export function variablesOf(outputs: StackOutputs, roles: readonly Role[]): Record<string, string> {
  const others = ROLES.filter((role) => !roles.includes(role)).map((role) => [role, outputs[role]]);
  const { cache, queue } = Object.fromEntries(others);
  const hidden = environment(cache, queue);
  return Object.fromEntries(Object.entries(outputs.env).filter(([name]) => !(name in hidden)));
}

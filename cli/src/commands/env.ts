import type { Command } from "commander";
import { environment } from "../../../components/redis/connection";
import type { Role } from "../../../components/redis/roles";
import { ROLES } from "../../../components/redis/roles";
import { formatDotenv } from "../dotenv";
import type { StackOutputs } from "../outputs";
import { chooseRoles } from "../outputs";
import { writePrivateFile } from "../privateFile";
import type { SourceOptions } from "../source";
import { addSourceOptions, readSource } from "../source";

interface Options extends SourceOptions {
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
  addSourceOptions(command).action(env);
}

async function env(options: Options): Promise<void> {
  const outputs = await readSource(options);
  const text = formatDotenv(variablesOf(outputs, chooseRoles(outputs, options.role)), options.export);
  if (options.file === undefined) process.stdout.write(text);
  else await writePrivateFile(options.file, text);
}

/** The variables of these roles: all but those that belong to another role. */
function variablesOf(outputs: StackOutputs, roles: readonly Role[]): Record<string, string> {
  const others = ROLES.filter((role) => !roles.includes(role)).map((role) => [role, outputs[role]]);
  const { cache, queue } = Object.fromEntries(others);
  const hidden = environment(cache, queue);
  return Object.fromEntries(Object.entries(outputs.env).filter(([name]) => !(name in hidden)));
}

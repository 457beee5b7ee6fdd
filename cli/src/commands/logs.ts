import { createInterface } from "node:readline";
import type { Command } from "commander";
import type { Role } from "redis-topology/redis";
import { wayCommand } from "redis-topology/redis";
import { startChild } from "../child";
import { UserError } from "../errors";
import { endpointOf } from "../reach";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { roleArgument } from "./roleArgument";

/** Adds `logs`: the server's own log, wherever it is kept. */
export function addLogs(program: Command): void {
  const command = program
    .command("logs")
    .description("print the end of a server's log; further arguments go to what prints it")
    .addArgument(roleArgument())
    .argument("[args...]", "such as -f, or --since 10m for a container")
    .allowUnknownOption();
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology logs queue -s local -f");
  command.action((role: Role, args: string[], options: RunOptions) =>
    runCommand({ ...options, role: [role] }, async (run) => {
      const { host } = endpointOf(run.outputs, role);
      const { logs, instead } = run.outputs.ways?.[role] ?? {};
      if (logs === undefined) throw new UserError(noLogs(role, instead));
      run.releaseSignals();
      const stdio = ["ignore", "pipe", "pipe"] as const;
      const child = await startChild(wayCommand(logs, { args, host }), { stdio: [...stdio] }, run.signal);
      for (const name of ["stdout", "stderr"] as const) {
        const input = child.process[name];
        if (!input) continue;
        createInterface({ input }).on("line", (line) => run.line(line, name));
      }
      return await child.code;
    }),
  );
}

function noLogs(role: Role, instead: string | undefined): string {
  const away = `The outputs name no way to the ${role}'s log.`;
  return instead === undefined
    ? `${away} Bring the stack up with this version of the program (\`npx pulumi up\`).`
    : `${away} ${instead}`;
}

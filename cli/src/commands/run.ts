import type { Command } from "commander";
import { startChild } from "../child";
import { chooseRoles } from "../outputs";
import type { Reached } from "../reach";
import { withReached } from "../reach";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { variablesOf } from "./env";

/** Adds `run`: a program with the topology's environment. */
export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description(
      "run a program with the environment of the topology, which is written nowhere; its exit code is kept",
    )
    .argument("<command...>", "the program and its arguments, after --");
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology run -s local -- npm run dev");
  command.action((program: string[], options: RunOptions) =>
    runCommand(options, async (run) => {
      const roles = chooseRoles(run.outputs, options.role);
      const reached: Reached[] = [];
      for (const role of roles) reached.push(await run.reach(role));
      for (const { role, endpoint } of reached.filter(({ tunnel, endpoint }) => tunnel && endpoint.tls))
        run.say(
          `${role}: the certificate is for ${endpoint.servername}, and the program connects to ${endpoint.host}: it has to be told that name`,
        );
      const env = { ...process.env, ...variablesOf(withReached(run.outputs, reached), roles) };
      run.releaseSignals();
      const child = await startChild(program, { stdio: "inherit", env }, run.signal);
      return await child.code;
    }),
  );
}

import type { Command } from "commander";
import type { Role, RoleGuarantees } from "redis-topology/redis";
import { EVENT_TITLES, EVENTS, outcomeText } from "redis-topology/redis";
import { chooseRoles } from "../outputs";
import type { RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { oneLine } from "../textTable";

const LONGEST = 1000;

/** Adds `guarantees`: what each role's data survives, and what shows it. */
export function addGuarantees(program: Command): void {
  const command = program
    .command("guarantees")
    .description("what each role's data survives, why, and the test or the source that shows it");
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology guarantees -s prod --role queue");
  command.action((options: RunOptions) =>
    runCommand(options, async (run) => {
      const { backend, guarantees } = run.outputs;
      const roles = chooseRoles(run.outputs, options.role).flatMap((role): [Role, RoleGuarantees][] => {
        const promised = guarantees[role];
        return promised ? [[role, promised]] : [];
      });
      run.print({ backend, guarantees: Object.fromEntries(roles) }, () =>
        roles.map(([role, promised]) => roleText(role, backend, promised)).join("\n"),
      );
      return 0;
    }),
  );
}

function roleText(role: Role, backend: string, promised: RoleGuarantees): string {
  const lines = EVENTS.flatMap((event) => {
    const { detail, proof } = promised[event];
    return [
      `  ${EVENT_TITLES[event].padEnd(14)} ${outcomeText(promised[event])}`,
      `${" ".repeat(17)}${oneLine(detail, LONGEST)}`,
      ...(proof === undefined ? [] : [`${" ".repeat(17)}shown by ${oneLine(proof, LONGEST)}`]),
    ];
  });
  return `${role} (${oneLine(backend)})\n${lines.join("\n")}\n`;
}

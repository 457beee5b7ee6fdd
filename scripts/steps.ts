import type { RunOptions } from "../cli/launcher";
import { runPulumi } from "../cli/launcher";
import { Failure, say, sayFailure } from "../cli/launcher/failure";

export const STACK = "local";

/** Runs a script to its end: an error it can explain is printed without a stack, and the exit code is set. */
export function runScript(work: () => Promise<number>): void {
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      sayFailure(error);
      process.exitCode = 1;
    },
  );
}

export const step = (text: string) => say(`\n● ${text}`);

export const pulumi = (args: string[], options?: RunOptions) =>
  runPulumi([...args, "--non-interactive"], options);

export async function must(args: string[], advice: string): Promise<void> {
  const { code } = await pulumi(args);
  if (code !== 0)
    throw new Failure(`\`npx pulumi ${args.join(" ")}\` ended with exit code ${code}. ${advice}`);
}

export async function stackExists(): Promise<boolean> {
  const { code, stderr } = await pulumi(["stack", "--show-name", "-s", STACK], { capture: true });
  if (code !== 0 && !stderr.includes("no stack named"))
    throw new Failure(stderr.trim().replace(/^error: /, ""));
  return code === 0;
}

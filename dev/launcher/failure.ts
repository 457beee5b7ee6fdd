/** Something the user can act on: printed as it is, without a stack. */
export class Failure extends Error {}

/** What the launcher and the scripts say goes to stderr: stdout belongs to Pulumi's own output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function sayFailure(error: unknown): void {
  say(error instanceof Failure ? `\nerror: ${error.message}` : String((error as Error)?.stack ?? error));
}

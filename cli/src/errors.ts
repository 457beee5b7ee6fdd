/** Something that the user can put right. Printed as its message alone, without a stack; exit code 2. */
export class UserError extends Error {}

/** What went wrong on the way, and not in what was asked for. Printed as its message alone; exit code 1. */
export class FailedError extends Error {}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

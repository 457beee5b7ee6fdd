/** Who starts a server again: the host's systemd, or the user's own instance of it. */
export const Supervision = { System: "systemd", User: "systemd-user" } as const;
export type Supervision = (typeof Supervision)[keyof typeof Supervision];

/** A command as a person types it: `systemctl --user start …`. */
export function systemctlCommand(supervision: Supervision, args: readonly string[]): string[] {
  return ["systemctl", ...(supervision === Supervision.User ? ["--user"] : []), ...args];
}

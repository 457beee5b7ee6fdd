import { mkdirSync, mkdtempSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure";

/** Whose a file or folder is, and who may write to it. */
export interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/** Why a path is not safe from other users, or undefined. Root may own what it shares with everybody. */
export function exposed(
  path: string,
  { uid, gid, mode }: Ownership,
  me: { uid: number; gid: number },
): string | undefined {
  if (uid !== me.uid && uid !== 0)
    return `${path} belongs to another user (uid ${uid}; this is uid ${me.uid})`;
  // A group of one's own is what a umask of 002 counts on.
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== me.gid))
    return `${path} can be written by other users (mode ${(mode & 0o7777).toString(8).padStart(4, "0")})`;
  return undefined;
}

/** Throws when another user could change one of these paths; those that do not exist are passed over. */
export function refuseExposed(paths: readonly string[], advice: string): void {
  const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  // Windows has neither ids nor modes.
  if (!process.getuid) return;
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false });
    const reason = found && exposed(path, found, me);
    if (reason) throw new Failure(`${reason}, so nothing is run from there or kept in it. ${advice}`);
  }
}

/** A new folder that only this user may enter, in a folder that is made when it is not there. */
export function privateFolder(within: string, prefix: string): string {
  mkdirSync(within, { recursive: true, mode: 0o755 });
  return mkdtempSync(join(within, prefix));
}

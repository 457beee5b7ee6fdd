import { execFile } from "node:child_process";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { Supervision } from "../supervision";
import { serverEnvironment } from "./environment";

const execute = promisify(execFile);

/** Where a systemd looks first for the units of this host's administrator, or of this user. */
export function unitFolder(supervision: Supervision): string {
  return supervision === Supervision.System
    ? "/etc/systemd/system"
    : path.join(homedir(), ".config", "systemd", "user");
}

/** A command as a person would type it, for messages too: `systemctl --user start …`. */
export function systemctlCommand(supervision: Supervision, args: readonly string[]): string {
  return ["systemctl", ...scope(supervision), ...args].join(" ");
}

/** Runs systemctl; throws what it said. */
export async function systemctl(supervision: Supervision, ...args: string[]): Promise<string> {
  const options = [...scope(supervision), "--no-pager", "--no-ask-password", "--quiet"];
  const { stdout } = await execute("systemctl", [...options, ...args], { env: environment() }).catch(
    (error: NodeJS.ErrnoException & { stdout?: string; stderr?: string }) => {
      const said = `${error.stderr ?? ""}${error.stdout ?? ""}`.trim() || error.code;
      throw new Error(`\`${systemctlCommand(supervision, args)}\` failed: ${said}`);
    },
  );
  return stdout;
}

/** The state that systemd says it is in, `running` or `degraded`; undefined where there is none. */
export async function systemState(supervision: Supervision): Promise<string | undefined> {
  // It answers `degraded` with an exit code of 1.
  const answer = await execute("systemctl", [...scope(supervision), "is-system-running"], {
    env: environment(),
  }).catch((error: { stdout?: string }) => error);
  return answer.stdout?.trim() || undefined;
}

const scope = (supervision: Supervision) => (supervision === Supervision.User ? ["--user"] : []);

/** A user's systemd is found through this folder, which `sudo` and cron leave out. */
function environment(): NodeJS.ProcessEnv {
  const runtime = process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`;
  return { ...serverEnvironment(process.env), LC_ALL: "C", XDG_RUNTIME_DIR: runtime };
}

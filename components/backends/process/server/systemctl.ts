import { execFile } from "node:child_process";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { Supervision, systemctlCommand } from "../supervision";
import { serverEnvironment } from "./environment";

const execute = promisify(execFile);

/** Where a systemd looks first for the units of this host's administrator, or of this user. */
export function unitFolder(supervision: Supervision): string {
  return supervision === Supervision.System
    ? "/etc/systemd/system"
    : path.join(homedir(), ".config", "systemd", "user");
}

/** Runs systemctl; throws what it said. */
export async function systemctl(supervision: Supervision, ...args: string[]): Promise<string> {
  const [command = "", ...words] = systemctlCommand(supervision, args);
  const options = ["--no-pager", "--no-ask-password", "--quiet"];
  const { stdout } = await execute(command, [...options, ...words], { env: environment() }).catch(
    (error: NodeJS.ErrnoException & { stdout?: string; stderr?: string }) => {
      const said = `${error.stderr ?? ""}${error.stdout ?? ""}`.trim() || error.code;
      throw new Error(`\`${systemctlCommand(supervision, args).join(" ")}\` failed: ${said}`);
    },
  );
  return stdout;
}

/** The state that systemd says it is in, `running` or `degraded`; undefined where there is none. */
export async function systemState(supervision: Supervision): Promise<string | undefined> {
  // It answers `degraded` with an exit code of 1.
  const [command = "", ...words] = systemctlCommand(supervision, ["is-system-running"]);
  const answer = await execute(command, words, { env: environment() }).catch(
    (error: { stdout?: string }) => error,
  );
  return answer.stdout?.trim() || undefined;
}

/** A user's systemd is found through this folder, which `sudo` and cron leave out. */
function environment(): NodeJS.ProcessEnv {
  const runtime = process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`;
  return { ...serverEnvironment(process.env), LC_ALL: "C", XDG_RUNTIME_DIR: runtime };
}

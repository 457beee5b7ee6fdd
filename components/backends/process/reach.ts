import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import type { Problem } from "../../redis/problems";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import type { ProcessTopologyArgs } from "./args";
import { findExporter } from "./server/binary";
import { systemState } from "./server/systemctl";
import { Supervision, systemctlCommand } from "./supervision";

/** What is known of this host before its servers are declared. */
export interface Host {
  /** What `systemctl is-system-running` answers; undefined where there is none. */
  readonly systemd: string | undefined;
  readonly user: string;
  readonly isRoot: boolean;
  /** Whether the user's systemd runs while the user is not logged in. */
  readonly lingers: boolean;
}

const ANSWERS = ["initializing", "starting", "running", "degraded", "maintenance"];

/** Why the systemd that should start the servers again would not. Pure. */
export function systemdProblems(supervise: Supervision, host: Host): Problem[] {
  const problem = (was: string, allowed: string, fix: Sentence): Problem => ({
    key: "supervise",
    was: `"${supervise}", and ${was}`,
    allowed,
    fix,
  });
  if (host.systemd === undefined || !ANSWERS.includes(host.systemd)) {
    return [
      problem(
        `no systemd answers (${systemctlCommand(supervise, ["is-system-running"]).join(" ")}: ${host.systemd ?? "nothing"})`,
        "a host that systemd runs",
        "Remove it here: the next `pulumi up` after a reboot then starts the servers; or let the backend `docker` do it.",
      ),
    ];
  }
  if (supervise === Supervision.System && !host.isRoot) {
    return [
      problem(
        `the user ${host.user} may not make units of the host`,
        "root, or units of the user",
        say`Run \`pulumi up\` as root, or set ${key("supervise", "systemd-user")}.`,
      ),
    ];
  }
  if (supervise === Supervision.User && !host.lingers) {
    return [
      problem(
        `the user ${host.user} does not linger, so that the servers would end with the last login`,
        "a user whose systemd runs from the start of the host on",
        `Run: sudo loginctl enable-linger ${host.user}`,
      ),
    ];
  }
  return [];
}

/** What this host lacks for a supervised pair and its exporters. */
export async function hostProblems(args: ProcessTopologyArgs): Promise<Problem[]> {
  return [...(await supervisionProblems(args)), ...(await exporterMissing(args))];
}

async function exporterMissing({ monitoring }: ProcessTopologyArgs): Promise<Problem[]> {
  if (monitoring === undefined || monitoring.exporter === false) return [];
  return await findExporter().then(
    () => [],
    (error: Error) => [
      {
        key: "monitoring",
        was: "given",
        allowed: "a host that has redis_exporter",
        fix: say`${error.message}, or remove ${key("monitoring")}.`,
      },
    ],
  );
}

async function supervisionProblems({ supervise }: ProcessTopologyArgs): Promise<Problem[]> {
  if (supervise === undefined) return [];
  const user = userInfo().username;
  return systemdProblems(supervise, {
    systemd: await systemState(supervise),
    user,
    isRoot: process.getuid?.() === 0,
    lingers: existsSync(`/var/lib/systemd/linger/${user}`),
  });
}

import type { Command } from "commander";
import { Role } from "redis-topology/redis";
import type { CheckResult } from "../checks/check";
import { checkExporter } from "../checks/exporter";
import { checkRestart } from "../checks/restart";
import type { ConfirmOptions } from "../confirm";
import { confirm } from "../confirm";
import { messageOf, UserError } from "../errors";
import type { StackOutputs } from "../outputs";
import { chooseRoles } from "../outputs";
import type { Reached } from "../reach";
import { withReached } from "../reach";
import { allGood, resultJson, resultTable } from "../report";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { DEFAULT_TIMEOUT_MS, verifyTopology } from "../verifyTopology";

interface Options extends RunOptions, ConfirmOptions {
  timeout: number;
  restart?: boolean;
}

/** Adds `verify`: connects as an application would and checks every role. */
export function addVerify(program: Command): void {
  const command = program
    .command("verify")
    .description("check a running topology as an application would; exit code 0 only when nothing fails")
    .option("--restart", "restart the queue's server too, and see that a key and a job survive; asks first")
    .option("--yes", "with --restart: do not ask")
    .option("--dry-run", "with --restart: say what would restart it, and leave it alone");
  addRunOptions(command, DEFAULT_TIMEOUT_MS / 1000, "time that one role may take in all").action(verify);
}

function verify(options: Options): Promise<void> {
  // The time is each role's own, so that a report comes of the others.
  return runCommand({ ...options, timeout: undefined }, async (run) => {
    const roles = chooseRoles(run.outputs, options.role);
    if (options.restart) await confirmRestart(run, roles, options);
    const results = await verifyTopology(await reachable(run, roles), {
      roles,
      timeoutMs: options.timeout * 1000,
      signal: run.signal,
      onProgress: (role, check) => run.progress.show(`${role}: ${check} …`),
    });
    results.push(...(await exporters(run, roles, options.timeout * 1000)));
    if (options.restart) results.push(await checkRestart(run, options.dryRun));
    const good = allGood(results);
    run.print(resultJson(run.outputs.backend, results), () => resultTable(results));
    return good ? 0 : 1;
  });
}

/** The exporters that the outputs lead to, side by side; most backends have none. */
function exporters(
  { outputs, signal }: Run,
  roles: readonly Role[],
  timeoutMs: number,
): Promise<CheckResult[]> {
  return Promise.all(
    roles.flatMap((role) => {
      const [way, host] = [outputs.ways?.[role]?.exporter, outputs[role]?.host];
      return way && host ? [checkExporter(role, way, { host, timeoutMs, signal })] : [];
    }),
  );
}

/** Asks before anything is done: for as long as it takes, applications wait for the queue. */
async function confirmRestart(run: Run, roles: readonly Role[], options: ConfirmOptions): Promise<void> {
  if (!roles.includes(Role.Queue))
    throw new UserError(
      "--restart is for a queue; a cache survives no restart. Leave it out, or add `--role queue`.",
    );
  if (!options.dryRun) await confirm("restart the queue's server", Role.Queue, options, run.signal);
}

/** The outputs with tunnels to what needs them. Where one does not open, the check of the server itself fails. */
async function reachable(run: Run, roles: readonly Role[]): Promise<StackOutputs> {
  const reached: Reached[] = [];
  for (const role of roles) {
    try {
      reached.push(await run.reach(role));
    } catch (error) {
      run.say(messageOf(error));
    }
  }
  return withReached(run.outputs, reached);
}

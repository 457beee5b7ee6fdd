import { findOwnBackend, hasPassphrase, isLogin, localState, workingFolder } from "./backend";
import type { Ended } from "./child";
import { run } from "./child";
import { chooseCli } from "./choose";
import { Failure, say } from "./failure";
import { GUARD, gatherFacts, refuseForeignCli } from "./find";
import { getCli } from "./get";
import { damagedState, wrongPassphrase } from "./passphrase";
import { projectFolder, repository, stateFolder } from "./paths";
import { readStackFiles, takeNewSaltsOut } from "./stack-files";

export interface PulumiCommand {
  file: string;
  env: NodeJS.ProcessEnv;
  /** Why the user's own backend is used; undefined when the state lies in this clone's .pulumi-local. */
  ownBackend: string | undefined;
}

let cli: Promise<string> | undefined;

/** The path of a Pulumi CLI; gets one first when there is none. */
export function pulumiCli(): Promise<string> {
  cli ??= findCli();
  return cli;
}

async function findCli(): Promise<string> {
  if (process.env[GUARD])
    throw new Failure(
      "This is the launcher of redis-topology, not a Pulumi CLI: it was called while it looked for one. Remove the `pulumi` that leads here from PATH.",
    );
  const facts = gatherFacts(process.env);
  const choice = chooseCli(facts);
  if ("error" in choice) throw new Failure(choice.error);
  for (const line of choice.ignored) say(line);
  if ("use" in choice && choice.use === facts.installed) refuseForeignCli(process.env);
  return "use" in choice ? choice.use : getCli(choice.get, process.env);
}

/** The CLI and the environment to run it in: the user's own, with local state where nobody is logged in. */
export async function pulumiCommand(cwd = process.cwd(), args: string[] = []): Promise<PulumiCommand> {
  const file = await pulumiCli();
  const ownBackend = findOwnBackend(process.env, projectFolder(cwd) ?? repository);
  const env = {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Or the CLI wants the plugins of aws, docker and kubernetes before it runs a stack that has none of them.
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    // The language host that is built here is older than Pulumi.yaml's `tsconfig` option; `npm test` checks types.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...process.env,
    ...(ownBackend || isLogin(args) ? {} : localState(process.env)),
  };
  return { file, env, ownBackend };
}

export interface RunOptions {
  cwd?: string;
  /** Keep both streams in the result instead of showing them. */
  capture?: boolean;
}

/** Runs one Pulumi command as it would run by itself, and leaves no passphrase salt behind in stack files. */
export async function runPulumi(
  args: string[],
  { cwd = process.cwd(), capture }: RunOptions = {},
): Promise<Ended> {
  const folder = workingFolder(args, cwd);
  const { file, env, ownBackend } = await pulumiCommand(folder, args);
  const project = projectFolder(folder);
  const before = project ? readStackFiles(project) : undefined;
  const ended = await run(file, args, { cwd, env, capture });
  const personal = !ownBackend && !hasPassphrase(process.env);
  if (project && before) takeNewSaltsOut(project, before, (name) => personal || name === "Pulumi.local.yaml");
  if (ended.code !== 0 && !ownBackend) {
    const hint = damagedState(stateFolder) ?? wrongPassphrase(env, stateFolder, args);
    if (hint) say(`\nerror: ${hint}`);
  }
  if (ended.code === 0 && !ownBackend && isLogin(args))
    say(
      `The stacks in ${stateFolder} stay there, and are not seen while you are logged in: \`npx pulumi logout\` brings them back.`,
    );
  return ended;
}

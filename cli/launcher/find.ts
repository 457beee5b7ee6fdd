import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import type { Facts } from "./choose";
import type { Env } from "./paths";
import { pulumiHome, versionFolder } from "./paths";
import { refuseExposed } from "./private";

/** Every executable file of that name on PATH, in order. */
export function allOnPath(name: string, env: Env): string[] {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(resolve(folder), name))
    .filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const ourBin = resolve(__dirname, "../bin/pulumi.js");

/** npm and npx put node_modules/.bin first on PATH: what lies there is this launcher, or npm's. */
export function isLauncher(file: string): boolean {
  return (
    file.includes(`${sep}node_modules${sep}.bin${sep}`) || (existsSync(file) && realpathSync(file) === ourBin)
  );
}

/** Set for what runs while a CLI is looked for: where that leads back to this launcher, it would never end. */
export const GUARD = "REDIS_TOPOLOGY_LOOKING_FOR_CLI";

export function versionOf(file: string, args = ["version"]): string {
  try {
    return execFileSync(file, args, {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", [GUARD]: "1" },
    }).trim();
  } catch {
    return "";
  }
}

export const CLI_PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

export function installedCli(env: Env): string | undefined {
  const bin = join(versionFolder(env), "bin");
  return CLI_PARTS.every((part) => isWhole(join(bin, part))) ? join(bin, "pulumi") : undefined;
}

/** A crash or a full disk can leave an empty file behind. */
const isWhole = (file: string) => isExecutable(file) && statSync(file).size > 0;

/** Throws when another user could change the CLI that lies in, or would be put into, the versions folder. */
export function refuseForeignCli(env: Env): void {
  const folder = versionFolder(env);
  const bin = join(folder, "bin");
  refuseExposed(
    [pulumiHome(env), dirname(folder), folder, bin, ...CLI_PARTS.map((part) => join(bin, part))],
    "Set PULUMI_HOME to a folder of your own, or take the others' rights away: chown and `chmod go-w`.",
  );
}

export function gatherFacts(env: Env): Facts {
  return {
    onPath: allOnPath("pulumi", env)
      .filter((file) => !isLauncher(file))
      .map((path) => ({ path, version: versionOf(path) })),
    installed: installedCli(env),
    npm: allOnPath("npm", env).length > 0,
    go: allOnPath("go", env).length > 0,
  };
}

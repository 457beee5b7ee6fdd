import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";
import type { Facts } from "./choose";
import { type Env, versionFolder } from "./paths";

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
  return file.includes(`${sep}node_modules${sep}.bin${sep}`) || realpathSync(file) === ourBin;
}

export function versionOf(file: string, args = ["version"]): string {
  try {
    return execFileSync(file, args, {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    }).trim();
  } catch {
    return "";
  }
}

export const CLI_PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

export function installedCli(env: Env): string | undefined {
  const bin = join(versionFolder(env), "bin");
  return CLI_PARTS.every((part) => existsSync(join(bin, part))) ? join(bin, "pulumi") : undefined;
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

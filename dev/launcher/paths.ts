import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PULUMI_VERSION } from "./version";

/** From the sources as from what is compiled of them, one folder deeper. */
export const repository = enclosing(__dirname, "Pulumi.yaml") ?? resolve(__dirname, "../..");
/** Of this package, with what is not compiled: shell, plain JavaScript, Go modules. */
export const devFolder = join(repository, "dev");
export const localFolder = join(repository, ".pulumi-local");
export const stateFolder = join(localFolder, "state");
export const passphraseFile = join(localFolder, "passphrase");

export type Env = Record<string, string | undefined>;

export const pulumiHome = (env: Env) => env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi");

/** Where npm's official launcher keeps the CLI it downloads; ours builds into the same place. */
export const versionFolder = (env: Env) => join(pulumiHome(env), "versions", PULUMI_VERSION);

/** The folder of the nearest Pulumi.yaml, which is where Pulumi looks for stack files. */
export function projectFolder(from: string): string | undefined {
  return enclosing(from, "Pulumi.yaml");
}

function enclosing(from: string, file: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

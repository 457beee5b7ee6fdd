import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PULUMI_VERSION } from "./version";

export const repository = resolve(__dirname, "../..");
export const localFolder = join(repository, ".pulumi-local");
export const stateFolder = join(localFolder, "state");
export const passphraseFile = join(localFolder, "passphrase");

export type Env = Record<string, string | undefined>;

export const pulumiHome = (env: Env) => env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi");

/** Where npm's official launcher keeps the CLI it downloads; ours builds into the same place. */
export const versionFolder = (env: Env) => join(pulumiHome(env), "versions", PULUMI_VERSION);

/** The folder of the nearest Pulumi.yaml, which is where Pulumi looks for stack files. */
export function projectFolder(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

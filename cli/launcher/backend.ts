import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { Failure } from "./failure";
import { lockedStacks } from "./passphrase";
import { type Env, localFolder, passphraseFile, pulumiHome, stateFolder } from "./paths";

/** Why the user's own backend is kept, or undefined when nobody is logged in anywhere. */
export function ownBackend(env: Env, credentials: string, projectFile: string): string | undefined {
  if (env.PULUMI_BACKEND_URL) return "PULUMI_BACKEND_URL is set";
  if (env.PULUMI_ACCESS_TOKEN) return "PULUMI_ACCESS_TOKEN is set";
  if (projectBackend(projectFile)) return "Pulumi.yaml names a backend";
  return isLoggedIn(credentials) ? "you are logged in with `pulumi login`" : undefined;
}

function projectBackend(projectFile: string): string | undefined {
  try {
    return (parse(projectFile) as { backend?: { url?: string } } | undefined)?.backend?.url;
  } catch {
    return undefined; // Pulumi's own message about such a file is better.
  }
}

function isLoggedIn(credentials: string): boolean {
  if (credentials.trim() === "") return false;
  try {
    const { current, accounts, accessTokens, ...rest } = JSON.parse(credentials);
    // Newer CLIs encrypt the file; such an envelope is only written by a login.
    return Boolean(current) || (!accounts && !accessTokens && Object.keys(rest).length > 0);
  } catch {
    return true;
  }
}

const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

export function findOwnBackend(env: Env, project: string): string | undefined {
  const credentials = join(env.PULUMI_CREDENTIALS_PATH || pulumiHome(env), "credentials.json");
  return ownBackend(env, read(credentials), read(join(project, "Pulumi.yaml")));
}

export const hasPassphrase = (env: Env) =>
  env.PULUMI_CONFIG_PASSPHRASE !== undefined || Boolean(env.PULUMI_CONFIG_PASSPHRASE_FILE);

/** What Pulumi needs to keep its state in this clone. Makes the folder and, once, the passphrase. */
export function localState(env: Env): Env {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  chmodSync(localFolder, 0o700);
  const state = { PULUMI_BACKEND_URL: pathToFileURL(stateFolder).href };
  if (hasPassphrase(env)) return state;
  if (!existsSync(passphraseFile)) makePassphrase();
  return { ...state, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
}

function makePassphrase(): void {
  const locked = lockedStacks(stateFolder).map(({ name }) => name);
  if (locked.length > 0)
    throw new Failure(
      [
        `${passphraseFile} is missing, but the state in ${stateFolder} was encrypted with a passphrase (stack ${locked.join(", ")}).`,
        "Put the file back, or set PULUMI_CONFIG_PASSPHRASE. If it is lost: stop the stack's redis-server processes,",
        `remove ${localFolder} and run \`npm start\` again; the data in .redis-topology stays.`,
      ].join("\n"),
    );
  writeFileSync(passphraseFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
}

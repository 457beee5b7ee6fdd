import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { Failure } from "./failure";
import { damagedState, lockedStacks } from "./passphrase";
import type { Env } from "./paths";
import { localFolder, passphraseFile, pulumiHome, stateFolder } from "./paths";
import { refuseExposed } from "./private";

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

/** The state of this clone, or of another one: credentials are the user's, not the clone's. */
const LOCAL_STATE = /^file:\/\/.*\/\.pulumi-local\/state\/?$/;

function isLoggedIn(credentials: string): boolean {
  if (credentials.trim() === "") return false;
  try {
    const { current, accounts, accessTokens, ...rest } = JSON.parse(credentials);
    // `pulumi login` under our own variables once wrote this; it is no backend of the user's.
    if (typeof current === "string" && LOCAL_STATE.test(current)) return false;
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

/** Options of every Pulumi command that take a value of their own. */
const VALUED = /^(-C|--cwd|--color|-v|--verbose|--profiling|--tracing|--memprofilerate|--otel-traces)$/;

/** Whether the command says where to keep state: our own address in the environment would be taken for the answer. */
export function isLogin(args: string[]): boolean {
  return args.find((arg, i) => !arg.startsWith("-") && !VALUED.test(args[i - 1] ?? "")) === "login";
}

/** The folder that a command works in: `-C` leads to another one. */
export function workingFolder(args: string[], cwd: string): string {
  for (const [i, arg] of args.entries()) {
    const value =
      /^(?:--cwd=|-C=?)(.+)$/.exec(arg)?.[1] ?? (/^(?:-C|--cwd)$/.test(arg) ? args[i + 1] : undefined);
    if (value !== undefined) return resolve(cwd, value);
  }
  return cwd;
}

/** What Pulumi needs to keep its state in this clone. Makes the folder and, once, the passphrase. */
export function localState(env: Env): Env {
  refuseExposed([localFolder], "Run this as the user whose clone it is, or make a clone of your own.");
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  chmodSync(localFolder, 0o700);
  const state = { PULUMI_BACKEND_URL: pathToFileURL(stateFolder).href };
  if (hasPassphrase(env)) return state;
  if (!holdsText(passphraseFile)) makePassphrase();
  return { ...state, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
}

const holdsText = (file: string) => existsSync(file) && statSync(file).size > 0;

function makePassphrase(): void {
  const damaged = damagedState(stateFolder);
  const locked = lockedStacks(stateFolder).map(({ name }) => name);
  if (damaged || locked.length > 0)
    throw new Failure(
      [
        `${passphraseFile} is missing or empty, but the state in ${stateFolder} was encrypted with a passphrase${damaged ? "" : ` (stack ${locked.join(", ")})`}.`,
        ...(damaged ? [damaged] : []),
        "Put the file back, or set PULUMI_CONFIG_PASSPHRASE. If it is lost: stop the stack's redis-server processes,",
        `remove ${localFolder} and run \`npm start\` again; the data in .redis-topology stays.`,
      ].join("\n"),
    );
  if (existsSync(passphraseFile) && !holdsText(passphraseFile))
    throw new Failure(
      `${passphraseFile} is empty. No stack needs it: remove it and run the same command again.`,
    );
  writeOnce(passphraseFile, `${randomBytes(24).toString("base64url")}\n`);
}

/** Writes a file that is seen whole or not at all; where another process was first, its text stays. */
export function writeOnce(file: string, text: string): void {
  const mine = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(mine, text, { mode: 0o600, flag: "wx" });
  try {
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

import { readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";

type Env = Readonly<Record<string, string | undefined>>;

/** Pulumi's own service, where a token alone leads to. */
const SERVICE = "https://api.pulumi.com";

/**
 * The Pulumi state that this run works on, as a URL without anything secret. The order is Pulumi's own:
 * PULUMI_BACKEND_URL, `backend.url` of Pulumi.yaml, `pulumi login`. `cwd` is the program's folder, as Pulumi sets it.
 */
export function stateHome(env: Env = process.env, cwd = process.cwd()): string {
  const url = env.PULUMI_BACKEND_URL || namedByProject(cwd) || loggedInTo(env) || SERVICE;
  return url.startsWith("file://") ? fileState(url, cwd) : withoutSecrets(url);
}

/** The folder of a state that lies in files; undefined for a service. */
export function stateFolder(state: string): string | undefined {
  return state.startsWith("file://") ? fileURLToPath(state) : undefined;
}

/** `file:///srv/state`, `file://~`, `file://./state`: one folder has one URL, however it was written. */
function fileState(url: string, cwd: string): string {
  const [written = ""] = url.slice("file://".length).split("?");
  const folder = path.resolve(cwd, decoded(written).replace(/^~(?=\/|$)/, homedir()));
  return pathToFileURL(attempt(() => realpathSync(folder)) ?? folder).href;
}

const decoded = (text: string) => attempt(() => decodeURIComponent(text)) ?? text;

/** A backend may have its password or its key in the URL. */
function withoutSecrets(url: string): string {
  const parsed = attempt(() => new URL(url));
  return parsed === undefined
    ? "unknown"
    : `${parsed.protocol}//${parsed.host}${parsed.pathname}`.replace(/\/$/, "");
}

function namedByProject(folder: string): string | undefined {
  const text = attempt(() => readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"));
  const parent = path.dirname(folder);
  if (text === undefined) return parent === folder ? undefined : namedByProject(parent);
  return attempt(() => (parse(text) as { backend?: { url?: string } }).backend?.url);
}

function loggedInTo(env: Env): string | undefined {
  const folder = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || path.join(homedir(), ".pulumi");
  return attempt(() => JSON.parse(readFileSync(path.join(folder, "credentials.json"), "utf8")).current);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

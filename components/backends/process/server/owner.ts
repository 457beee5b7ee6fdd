import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { serverPaths, writePrivate } from "./files";

/** Whose a folder is; written into it before anything else, and kept as long as data is in it. */
export interface Mark {
  /** `<project>/<stack>/<topology>`; all that versions before 0.2 wrote. */
  readonly owner: string;
  /** Where the folder was when it was marked: one that lies elsewhere was moved or copied by hand. */
  readonly directory?: string;
  /**
   * URL of the Pulumi state that runs the server: two clones may hold a stack of the same name. None after a
   * destroy, when whoever has the same name may take the data over.
   */
  readonly state?: string;
}

/** The mark of a folder; undefined when there is none. */
export async function readMark(folder: string): Promise<Mark | undefined> {
  const text = (await readFile(serverPaths(folder).owner, "utf8").catch(() => "")).trim();
  if (text === "") return undefined;
  try {
    return text.startsWith("{") ? (JSON.parse(text) as Mark) : { owner: text };
  } catch {
    return { owner: text };
  }
}

export async function writeMark(folder: string, mark: Mark): Promise<void> {
  await writePrivate(serverPaths(folder).owner, `${JSON.stringify(mark, undefined, 2)}\n`);
}

type Env = Readonly<Record<string, string | undefined>>;

/** The state that this run works on, as a URL without anything secret: the choice is Pulumi's own. */
export function stateHome(env: Env = process.env, cwd = process.cwd()): string {
  const url = env.PULUMI_BACKEND_URL || loggedInTo(env) || "https://api.pulumi.com";
  if (url.startsWith("file://")) {
    const place = url.slice("file://".length).replace(/^~/, homedir());
    return pathToFileURL(path.isAbsolute(place) ? fileURLToPath(`file://${place}`) : path.join(cwd, place))
      .href;
  }
  // A backend may have its password or its key in the URL.
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** The folder of a state that lies in files; undefined for a service. */
export function stateFolder(state: string): string | undefined {
  return state.startsWith("file://") ? fileURLToPath(state) : undefined;
}

function loggedInTo(env: Env): string | undefined {
  const folder = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || path.join(homedir(), ".pulumi");
  try {
    return JSON.parse(readFileSync(path.join(folder, "credentials.json"), "utf8")).current;
  } catch {
    return undefined;
  }
}

import { readFile } from "node:fs/promises";
import { serverPaths, writePrivate } from "./files";

/** Whose a folder is; written into it before anything else, and kept as long as data is in it. */
export interface Mark {
  /** `<project>/<stack>/<topology>`; all that versions before wrote. */
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

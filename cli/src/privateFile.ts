import { randomUUID } from "node:crypto";
import { lstat, open, rename, rm } from "node:fs/promises";
import * as path from "node:path";
import { messageOf, UserError } from "./errors";

/**
 * Writes a file that only its owner may read (mode 0600), whole or not at all; an existing file is replaced,
 * whatever its mode was. Throws UserError for a symbolic link, for anything that is not a file, and when it
 * cannot be written.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await refuseStrange(file);
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new UserError(
      `Cannot write ${file} (${messageOf(error)}). Name a file in a folder that you may write to.`,
    );
  }
}

async function refuseStrange(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found || found.isFile()) return;
  const kind = found.isSymbolicLink() ? "a symbolic link" : "not a file";
  throw new UserError(
    `${file} is ${kind}; secrets go only into a plain file. Name another one, or remove it.`,
  );
}

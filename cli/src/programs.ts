import { access, constants } from "node:fs/promises";
import * as path from "node:path";

/** The first of these programs that is on PATH. */
export async function findProgram(
  names: readonly string[],
  folders: readonly string[] = (process.env.PATH ?? "").split(path.delimiter),
): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of folders) {
      const found = await access(path.join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return name;
    }
  }
  return undefined;
}

import { readFile } from "node:fs/promises";
import * as path from "node:path";

/** The `config:` of a stack's file as it stands there, secrets encrypted; undefined when it cannot be read. */
export async function readStackFile(
  folder: string,
  stack: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { parse } = await import("yaml");
  try {
    return parse(await readFile(path.join(folder, `Pulumi.${stack}.yaml`), "utf8"))?.config;
  } catch {
    // Pulumi has read the configuration already, so it lies elsewhere, as with --config-file.
    return undefined;
  }
}

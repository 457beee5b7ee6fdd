import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf, UserError } from "../errors";
import { newTally, tallySchema } from "./tally";

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** The server's run id, by node: a restart makes its cursors worthless. */
  servers: z.record(z.string(), z.string()),
  /** Nodes that are done, and where to go on in the one that is not. */
  done: z.array(z.string()),
  cursor: z.string(),
  tally: tallySchema,
});
export type Stand = z.infer<typeof fileSchema>;

/** Where to begin: at the file's stand, else anew. Throws UserError for a file of another server or of a past run. */
export async function readStand(
  file: string | undefined,
  servers: Readonly<Record<string, string>>,
): Promise<Stand> {
  const fresh = { version: 1 as const, servers: { ...servers }, done: [], cursor: "0", tally: newTally() };
  if (file === undefined) return fresh;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return fresh;
    throw new UserError(`Cannot read the cursor file (${messageOf(error)}). Name another.`);
  }
  const parsed = fileSchema.safeParse(parse(text));
  if (!parsed.success)
    throw new UserError(`${file} is no cursor file of \`memory\`. Name another, or remove it to start anew.`);
  if (JSON.stringify(sorted(parsed.data.servers)) !== JSON.stringify(sorted(servers)))
    throw new UserError(
      `${file} is of another server, or of this one before its last restart. Remove it to start anew.`,
    );
  return parsed.data;
}

/** Keeps the stand; a file is never half written. It holds names of keys, so that only its owner may read it. */
export async function writeStand(file: string, stand: Stand): Promise<void> {
  try {
    await writeFile(`${file}.new`, JSON.stringify(stand), { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    throw new UserError(`Cannot write the cursor file (${messageOf(error)}). Name another.`);
  }
}

/** Removes the file when all is done. */
export async function removeStand(file: string): Promise<void> {
  await rm(file, { force: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => a.localeCompare(b));
}

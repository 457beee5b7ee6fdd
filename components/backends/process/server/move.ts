import { cp, mkdir, rename, rm } from "node:fs/promises";
import * as path from "node:path";
import { entries, serverPaths } from "./files";

/** Moves a stopped server's data to another folder. Refuses when data lies there already: neither may be lost. */
export async function moveData(role: string, from: string, to: string): Promise<void> {
  const [source, target] = [serverPaths(from).data, serverPaths(to).data];
  if (source === target || (await entries(source)).length === 0) return;
  if ((await entries(target)).length > 0) {
    throw new Error(
      `${role}: cannot move the data from ${source} to ${target}, which holds data already. ` +
        "Move one of the two away by hand, then run again.",
    );
  }
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await rm(target, { recursive: true, force: true });
  await rename(source, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EXDEV") throw error;
    // Another disk: complete under another name first, so that a crash leaves either all of it or none.
    const partial = `${target}.partial`;
    await rm(partial, { recursive: true, force: true });
    await cp(source, partial, { recursive: true, preserveTimestamps: true });
    await rename(partial, target);
    await rm(source, { recursive: true });
  });
}

import { readFile, rm } from "node:fs/promises";
import { exporterPasswords } from "../../../redis/exporter";
import { exporterAddress, exporterName, exporterText } from "../exporterUnit";
import type { RedisServerInputs } from "../redisServer";
import { findExporter } from "./binary";
import { serverPaths, writePrivate } from "./files";
import { systemctl } from "./systemctl";
import { dropUnit, enable, holders, placeUnit, unitFile, unitState } from "./units";

type Place = Pick<RedisServerInputs, "owner" | "role" | "directory">;

/** Has the exporter of a server run as the stack says, or not at all. The server comes first: what fails is told only. */
export async function applyExporter(inputs: RedisServerInputs, password: string): Promise<void> {
  const { role, directory, supervise, exporter } = inputs;
  const { exporter: passwords } = serverPaths(directory);
  try {
    await removeExporters(inputs, exporter && supervise);
    if (supervise === undefined || exporter === undefined) {
      await rm(passwords, { force: true });
      return;
    }
    const name = exporterName(inputs);
    const text = exporterPasswords(exporterAddress(inputs), password);
    const isNew = (await readFile(passwords, "utf8").catch(() => undefined)) !== text;
    if (isNew) await writePrivate(passwords, text);
    const moved = await placeUnit(supervise, name, exporterText(inputs, await findExporter()));
    // `restart` starts what is not running.
    if (isNew || moved || (await unitState(supervise, name)).pid === 0) {
      await systemctl(supervise, "restart", name);
    }
    await enable(supervise, name);
  } catch (error) {
    console.error(
      `${role}: its exporter does not run: ${(error as Error).message}. The server is not concerned`,
    );
  }
}

/** Ends and removes the exporters of this folder's server but the one that is wanted. */
export async function removeExporters(place: Place, wanted?: RedisServerInputs["supervise"]): Promise<void> {
  const name = exporterName(place);
  for (const supervision of (await holders(name)).filter((one) => one !== wanted)) {
    await dropUnit(supervision, name);
  }
}

/** What is not as the stack says about the exporter of this server. */
export async function exporterDrift(inputs: RedisServerInputs): Promise<string[]> {
  const { supervise, exporter } = inputs;
  const name = exporterName(inputs);
  const strays = (await holders(name)).filter((one) => exporter === undefined || one !== supervise);
  const stray = strays.map((one) => `${unitFile(one, name)} is there, and should not be`);
  if (supervise === undefined || exporter === undefined) return stray;
  const { text, enabled, pid } = await unitState(supervise, name);
  const isAsAsked = pid !== 0 && enabled === "enabled" && text === exporterText(inputs, await findExporter());
  return isAsAsked ? stray : [...stray, `${name}, its exporter, was changed or does not run`];
}
